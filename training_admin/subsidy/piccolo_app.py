"""The claims' tables and migrations, for Piccolo."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="subsidy",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(
        modules=["training_admin.subsidy.tables", "training_admin.subsidy.review_tables", "training_admin.subsidy.programme_tables"],
        exclude_imported=True,
    ),
    migration_dependencies=["training_admin.office.piccolo_app"],
)
