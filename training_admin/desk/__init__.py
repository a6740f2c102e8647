"""Pages that gather several rooms: 工作台 workbench. No tables."""
