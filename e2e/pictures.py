"""How far two screenshots are apart."""

from base64 import b64encode

from playwright.sync_api import BrowserContext

# A browser reads its own pictures: one library less.
_COUNT = """async (pictures) => {
  const read = async (data) => {
    const image = Object.assign(new Image(), { src: "data:image/png;base64," + data });
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, image.width, image.height);
  };
  const [one, other] = await Promise.all(pictures.map(read));
  if (one.width !== other.width || one.height !== other.height) return 1;
  const apart = new Set();
  one.data.forEach((value, index) => Math.abs(value - other.data[index]) > 8 && apart.add(index >> 2));
  return apart.size / (one.data.length / 4);
}"""


def share_apart(context: BrowserContext, one: bytes, other: bytes) -> float:
    """Return the share of pixels that the eye could tell apart (more than 8 of 255 in a channel); 1 for other sizes."""
    if one == other:
        return 0.0
    page = context.new_page()
    share: float = page.evaluate(_COUNT, [b64encode(picture).decode() for picture in (one, other)])
    page.close()
    return share
