"""What a policy says of the recorder, held against the purposes and fields it declares."""

from .cookie_checks import Add, check_purpose, purpose_ids
from .model import Declarations
from .purposes import BUILT_IN
from .recording import FIELDS


def check_recorder(declared: Declarations, add: Add) -> None:
    recorder = declared.recorder
    _purpose(declared, add)
    fields = {entry.field for entry in declared.telemetry}
    for index, field in enumerate(recorder.fields):
        if field not in FIELDS:
            add(
                f"recorder.fields[{index}]",
                field,
                "The recorder knows no such field.",
                f"Write one of: {', '.join(FIELDS)}.",
            )
        elif field not in fields:
            add(
                f"recorder.fields[{index}]",
                field,
                "Visitors are not told that it is collected.",
                f'Declare it: [[telemetry]] with field = "{field}" and purpose = "{FIELDS[field]}".',
            )
    for index, path in enumerate(recorder.skip_paths):
        if not path.startswith(("/", "*")):
            add(
                f"recorder.skip_paths[{index}]",
                path,
                "This is not the path of a page.",
                'Write for example "/reset/*"; a path starts with a slash.',
            )
    if (recorder.page_views or recorder.clicks) and declared.retention.telemetry.seconds is None:
        add(
            "retention.telemetry",
            declared.retention.telemetry.text,
            "The recorder needs to know how long an event is kept.",
            'Write for example telemetry = "90 days".',
        )


def _purpose(declared: Declarations, add: Add) -> None:
    purpose, key = declared.recorder.purpose, "recorder.purpose"
    check_purpose(key, purpose, purpose_ids(declared), add)
    if not (declared.recorder.page_views or declared.recorder.clicks):
        return
    table = declared.purposes.get(purpose)
    if table is not None and not table.offered:
        add(
            key,
            purpose,
            "The site does not offer this purpose, so nothing would ever be recorded.",
            f"Remove offered = false from [purposes.{purpose}], or name another purpose.",
        )
    built_in = next((known.basis for known in BUILT_IN if known.id == purpose), None)
    if ((table.basis if table is not None else None) or built_in) == "necessary":
        add(
            key,
            purpose,
            "Counting visits and clicks is not necessary for what a visitor asked for (WP29 Opinion 04/2012).",
            'Name a purpose that waits for consent, for example purpose = "analytics".',
        )
