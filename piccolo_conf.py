"""Piccolo finds the engine and the rooms' tables here; both are declared in `training_admin.database`."""

from training_admin.database import engine, room_registry

DB = engine
APP_REGISTRY = room_registry()
