"""Who is told how a proposal goes on: the partner who is asked, and the institution that has proposed it."""

from training_admin.catalog.proposal_store import Proposal
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.office.messages import Letter, send, to_organisation


def _letter(proposal: Proposal, title: str, text: str) -> Letter:
    return Letter(proposal.number, title, text, f"/catalog/proposals/{proposal.number}")


async def ask_partner(proposal: Proposal, clock: Clock) -> None:
    """Ask a registered partner for consent, inside the open transaction; one that signs a letter is asked by the institution."""
    if proposal.partner is not None:
        text = f"{proposal.institution_name}请贵单位联合提出目录项目“{proposal.entries[0].item.name}”，请授权签字人查看后决定是否同意。"
        to = to_organisation(proposal.partner, Right.CATALOG_CONSENT)
        await send(to, _letter(proposal, "请同意联合提出目录项目", text), clock=clock)


async def tell_proposer(proposal: Proposal, title: str, clock: Clock, *, reason: str = "") -> None:
    """Tell the institution what has become of its proposal, inside the open transaction; a revision by officers has no proposer."""
    if proposal.institution is not None:
        text = f"目录项目“{proposal.entries[0].item.name}”：{title}。{reason}"
        await send(to_organisation(proposal.institution, Right.CATALOG_PROPOSE), _letter(proposal, title, text), clock=clock)
