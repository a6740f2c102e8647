"""What may be taught at what price, and the classes filed under it: 补贴目录 CatalogItem · 开班备案 Filing · 技能等级 level."""
