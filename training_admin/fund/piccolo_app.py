"""The fund's tables and migrations, for Piccolo."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="fund",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(
        modules=["training_admin.fund.tables", "training_admin.fund.ledger_tables", "training_admin.fund.payment_tables"],
        exclude_imported=True,
    ),
    migration_dependencies=["training_admin.parties.piccolo_app"],
)
