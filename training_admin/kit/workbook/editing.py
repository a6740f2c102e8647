"""Changing single parts of a workbook package: parts that nobody touches are copied as they are."""

import io
import posixpath
import zipfile
from typing import Any

from lxml import etree

from training_admin.kit.workbook.limits import SAVE_AS, DamagedWorkbook, DoctypeInWorkbook
from training_admin.kit.workbook.package import CONTENT_TYPES, Package

RELATIONS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
STRICT = "http://purl.oclc.org/ooxml/"
OFFICE_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_TYPES = "http://purl.oclc.org/ooxml/officeDocument/relationships"
WRITTEN_AT = (1980, 1, 1, 0, 0, 0)


def parse_tree(content: bytes, part: str) -> Any:
    """The root element of a small part; nothing outside is read, a document type is refused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise DamagedWorkbook(f"部件“{part}”的内容已损坏，无法读取。请重新打开原文件并另存后再上传。", part=part) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise DoctypeInWorkbook(f"部件“{part}”含有不允许的文档类型声明，疑似异常文件。{SAVE_AS}", part=part)
    return root


def tree_bytes(root: Any) -> bytes:
    """A part's bytes with the declaration Excel asks for."""
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def qualified(root: Any, tag: str) -> str:
    """A tag in the namespace of a root element: transitional and strict workbooks differ."""
    return f"{{{etree.QName(root).namespace or ''}}}{tag}"


class Editing:
    """A workbook package being changed; trees handed out are written back when the package is saved."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._order = package.names()
        self._changed: dict[str, bytes] = {}
        self._trees: dict[str, Any] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._order

    def names(self) -> list[str]:
        """Names of all parts, new ones last."""
        return list(self._order)

    def read(self, name: str) -> bytes:
        """A part as it stands now."""
        if name in self._trees:
            return tree_bytes(self._trees[name])
        return self._changed[name] if name in self._changed else self._package.read(name)

    def tree(self, name: str, otherwise: str = "") -> Any:
        """The root element of a part, made from `otherwise` when there is no such part; changes to it are kept."""
        if name not in self._trees:
            content = self.read(name) if name in self._order else otherwise.encode()
            self._trees[name] = parse_tree(content, name)
            if name not in self._order:
                self._order.append(name)
        return self._trees[name]

    def put(self, name: str, content: bytes) -> None:
        """Replace or add a part."""
        self._trees.pop(name, None)
        self._changed[name] = content
        if name not in self._order:
            self._order.append(name)

    def drop(self, name: str) -> None:
        """Take a part out of the package, with its content type and its own relations."""
        for each in (name, relations_part(name)):
            if each in self._order:
                self._order.remove(each)
            self._trees.pop(each, None)
            self._changed.pop(each, None)
        types = self.tree(CONTENT_TYPES)
        for override in types.findall(f"{{{TYPES_NS}}}Override"):
            if override.get("PartName") == f"/{name}":
                types.remove(override)

    def free_name(self, pattern: str) -> str:
        """The first unused name of a pattern such as `xl/comments{}.xml`."""
        taken = {name.lower() for name in self._order}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    def declare(self, name: str, content_type: str) -> None:
        """Give a part its content type."""
        types = self.tree(CONTENT_TYPES)
        tag = f"{{{TYPES_NS}}}Override"
        if not any(each.get("PartName") == f"/{name}" for each in types.findall(tag)):
            etree.SubElement(types, tag, PartName=f"/{name}", ContentType=content_type)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Give all parts of an extension a content type, unless they have one."""
        types = self.tree(CONTENT_TYPES)
        tag = f"{{{TYPES_NS}}}Default"
        if not any((each.get("Extension") or "").lower() == extension for each in types.findall(tag)):
            types.insert(0, etree.Element(tag, Extension=extension, ContentType=content_type))

    def related(self, part: str, kind: str) -> dict[str, str]:
        """Targets of a part's relations of a kind (`comments`), by relation id."""
        name = relations_part(part)
        if name not in self:
            return {}
        folder = posixpath.dirname(part)
        return {
            each.get("Id", ""): resolved(folder, each.get("Target", ""))
            for each in self.tree(name)
            if (each.get("Type") or "").endswith(f"/{kind}") and each.get("TargetMode") != "External"
        }

    def relate(self, part: str, target: str, kind: str, *, strict: bool = False) -> str:
        """Add a relation from a part to another and give its id."""
        root = self.tree(relations_part(part), f'<Relationships xmlns="{RELATIONS_NS}"/>')
        taken = {each.get("Id") for each in root}
        number = 1
        while f"rId{number}" in taken:
            number += 1
        base = STRICT_TYPES if strict else OFFICE_TYPES
        etree.SubElement(root, f"{{{RELATIONS_NS}}}Relationship", Id=f"rId{number}", Type=f"{base}/{kind}", Target=f"/{target}")
        return f"rId{number}"

    def unrelate(self, part: str, relation: str) -> None:
        """Take a relation away; an emptied relations part goes too."""
        name = relations_part(part)
        root = self.tree(name)
        for each in list(root):
            if each.get("Id") == relation:
                root.remove(each)
        if len(root) == 0:
            self.drop(name)

    def save(self) -> bytes:
        """The package as bytes; the same changes give the same bytes."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in self._order:
                info = zipfile.ZipInfo(name, WRITTEN_AT)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, self.read(name))
        return buffer.getvalue()


def relations_part(part: str) -> str:
    """The part that holds the relations of a part."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def resolved(folder: str, target: str) -> str:
    """A relation's target as a part name."""
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
