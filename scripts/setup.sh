#!/bin/sh
# Makes everything that a fresh Debian-like machine lacks: system packages, Python, the virtual environment, the locked packages.
# Usage: scripts/setup.sh [run|test|soak]
#   run   what the service needs; without the PDF packages it goes on and says so
#   test  also the test tools and Debian's chromium; what is missing stops it with the exact line
#   soak  also LibreOffice and poppler
# Done once it only compares a stamp with the lock file.
set -eu

mode="${1:-run}"
root="$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)"
cd "$root"

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# ── System packages ───────────────────────────────────────────────────────────────────────────────────────────────────

pdf_packages="libpangoft2-1.0-0 libharfbuzz-subset0"

wanted_packages() {
    # ensurepip stands in python3-venv; a Python from elsewhere brings it along.
    python="$(find_python || true)"
    if [ -z "$python" ] || ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then echo python3-venv; fi
    if ! has_library libpangoft2-1.0.so.0; then echo libpangoft2-1.0-0; fi
    if ! has_library libharfbuzz-subset.so.0; then echo libharfbuzz-subset0; fi
    case "$mode" in
        test | soak) if ! has_program chromium; then echo chromium; fi ;;
    esac
    if [ "$mode" = soak ]; then
        if ! has_program soffice; then echo libreoffice-calc; fi
        if ! has_program pdftotext; then echo poppler-utils; fi
    fi
}

has_program() { command -v "$1" >/dev/null 2>&1; }

has_library() {
    PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q "$1" && return 0
    ls /usr/lib/*/"$1" /lib/*/"$1" /usr/lib/"$1" /usr/lib64/"$1" >/dev/null 2>&1
}

# How to become root without a question; empty when we are, nothing when we may not.
as_root() {
    if [ "$(id -u)" = 0 ]; then echo env; elif has_program sudo && sudo -n true 2>/dev/null; then echo "sudo -n"; else return 1; fi
}

install_packages() {
    has_program apt-get || return 1
    become="$(as_root)" || return 1
    say "安装系统软件包：$*"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # several words on purpose
    $become apt-get install -y -q --no-install-recommends "$@" >&2 && return 0
    # The package lists may be missing or stale.
    # shellcheck disable=SC2086
    $become apt-get update -q >&2 || true
    # shellcheck disable=SC2086
    $become apt-get install -y -q --no-install-recommends "$@" >&2
}

only_pdf() {
    for package in $1; do
        case " $pdf_packages " in *" $package "*) ;; *) return 1 ;; esac
    done
}

system_packages() {
    missing="$(wanted_packages | tr '\n' ' ' | sed 's/ *$//')"
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086
    if install_packages $missing; then
        missing="$(wanted_packages | tr '\n' ' ' | sed 's/ *$//')"
        [ -n "$missing" ] || return 0
    fi
    line="sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing"
    if [ "$mode" = run ] && only_pdf "$missing"; then
        say "缺少生成 PDF 的系统软件包，其余功能照常。要生成 PDF，请执行："
        say "    $line"
        return 0
    fi
    say "缺少系统软件包，请执行下面一行后重试："
    stop "    $line"
}

# ── Python ────────────────────────────────────────────────────────────────────────────────────────────────────────────

new_enough() { "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3.11 python3 python3.12 python3.13 python3.14; do
        if path="$(command -v "$candidate" 2>/dev/null)" && new_enough "$path"; then
            echo "$path"
            return 0
        fi
    done
    return 1
}

virtual_environment() {
    if [ -x .venv/bin/python ] && new_enough .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; then return 0; fi
    python="$(find_python)" || stop "需要 Python 3.11 或更高版本。Debian 12 请执行：sudo apt-get install -y python3 python3-venv"
    say "建立 Python 环境 .venv（$("$python" --version)）"
    rm -rf .venv 2>/dev/null || stop "无法删除旧的 .venv（可能属于其他用户），请手工删除后重试。"
    "$python" -m venv .venv || stop "建立 .venv 失败。请执行：sudo apt-get install -y python3-venv"
}

locked_packages() {
    case "$mode" in
        run) lock=requirements.lock ;;
        *) lock=requirements-dev.lock ;;
    esac
    # The test tools contain everything the service needs, so a stamp of theirs is good for both.
    for done_lock in "$lock" requirements-dev.lock; do
        stamp=".venv/.installed-$done_lock"
        sum="$(cat "$done_lock" pyproject.toml | sha256sum | cut -d' ' -f1) $root"
        if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ]; then return 0; fi
    done
    say "按锁定清单 $lock 安装 Python 软件包（首次需要一到数分钟）"
    # The list is complete, so nothing is resolved: an old pip would otherwise reach for a newer release than the one pinned.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock" >&2 ||
        stop "安装没有成功。请检查网络后重新执行同一条命令。"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . >&2 ||
        stop "安装本程序没有成功，请把上面的信息交给维护人员。"
    printf '%s\n' "$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1) $root" > ".venv/.installed-$lock"
}

case "$mode" in run | test | soak) ;; *) stop "用法：scripts/setup.sh [run|test|soak]" ;; esac
system_packages
virtual_environment
locked_packages
