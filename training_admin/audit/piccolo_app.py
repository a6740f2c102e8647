"""The audit's tables and migrations, for Piccolo."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="audit",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(
        modules=[
            "training_admin.audit.tables",
            "training_admin.audit.inspection_tables",
            "training_admin.audit.rectification_tables",
            "training_admin.audit.field_tables",
            "training_admin.audit.callback_tables",
            "training_admin.audit.match_tables",
            "training_admin.audit.trial_tables",
            "training_admin.audit.file_tables",
            "training_admin.audit.steering_tables",
        ],
        exclude_imported=True,
    ),
    migration_dependencies=[
        "training_admin.office.piccolo_app",
        "training_admin.catalog.piccolo_app",
        "training_admin.subsidy.piccolo_app",
    ],
)
