"""Piccolo finds its engine and the rooms' tables here."""

from piccolo.conf.apps import AppRegistry

APP_REGISTRY = AppRegistry(apps=[])
