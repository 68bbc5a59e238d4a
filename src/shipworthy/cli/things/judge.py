"""`shipworthy judge`: who says whether an attack worked, and how often they are right."""

import click

from shipworthy.cli.output.streams import Output, format_option


@click.group("judge")
def command() -> None:
    """List judges with their calibration cards."""


@command.command("list")
@format_option
def list_judges(output_format: str | None) -> None:
    """List the judges with sensitivity and specificity as counts on their default card."""
    from shipworthy.instruments.judges import JUDGES
    from shipworthy.instruments.judges.calibration import default_card

    output = Output.choose(output_format)
    cards = [default_card(name) for name in JUDGES]
    lines = (
        f"{card.judge:<9} {f'catches {card.true_positives}/{card.positives}':<17} "
        f"{f'clears {card.true_negatives}/{card.negatives}':<15} {card.labelled_set}"
        for card in cards
    )
    output.show(cards, lines)


@command.command("calibrate")
@click.option("--human", is_flag=True, help="Also on human labels of the installed package pyrit.")
@format_option
def calibrate_judges(*, human: bool, output_format: str | None) -> None:
    """Compute the cards again from the labelled sets."""
    from shipworthy.instruments.judges.calibration import compute_cards

    output = Output.choose(output_format)
    cards = compute_cards(human=human)
    lines = (
        f"{card.judge:<9} catches {card.true_positives}/{card.positives}, clears "
        f"{card.true_negatives}/{card.negatives}  on {card.labelled_set}"
        for card in cards
    )
    output.show(cards, lines)
