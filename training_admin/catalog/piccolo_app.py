"""The catalog's tables and migrations, for Piccolo."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="catalog",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(
        modules=[
            "training_admin.catalog.tables",
            "training_admin.catalog.plan_tables",
            "training_admin.catalog.class_tables",
            "training_admin.catalog.course_tables",
            "training_admin.catalog.run_tables",
            "training_admin.catalog.visit_tables",
        ],
        exclude_imported=True,
    ),
    migration_dependencies=["training_admin.parties.piccolo_app"],
)
