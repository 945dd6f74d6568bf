/** A picture's size in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Base64 that is looked at: a JPEG may have some 100 KiB of description before it says its size. */
const LOOKED_AT = 262_144;

/**
 * The size that a PNG, GIF, WebP or JPEG says it has, from its base64 or a data URL of it; null for anything else,
 * and for a URL.
 */
export function readPictureSize(data: string): PictureSize | null {
  const start = data.startsWith('data:') ? data.indexOf(',') + 1 : 0;
  const size = readSize(Buffer.from(data.slice(start, start + LOOKED_AT), 'base64'));
  return size && size.width > 0 && size.height > 0 ? size : null;
}

const PNG = '89504e470d0a1a0a';

/** How many bytes a format needs to say its size. */
const PNG_BYTES = 24;
const WEBP_BYTES = 30;
const FRAME_BYTES = 9;
const LEAST_BYTES = 10;

/** Bytes that end in the middle of what they say have no size. */
function readSize(bytes: Buffer): PictureSize | null {
  if (bytes.length < LEAST_BYTES) return null;
  if (bytes.toString('hex', 0, 8) === PNG) {
    if (bytes.length < PNG_BYTES) return null;
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  const magic = bytes.toString('latin1', 0, 4);
  if (magic === 'GIF8') return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  if (magic === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return readWebp(bytes);
  return bytes.readUInt16BE(0) === 0xffd8 ? readJpeg(bytes) : null;
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function readWebp(bytes: Buffer): PictureSize | null {
  if (bytes.length < WEBP_BYTES) return null;
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    default:
      return null;
  }
}

/** Segments, each with its length, up to the one that begins a frame (ITU T.81, B.2.2). */
function readJpeg(bytes: Buffer): PictureSize | null {
  for (let at = 2; at + FRAME_BYTES <= bytes.length;) {
    if (bytes.readUInt8(at) !== 0xff) return null;
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}
