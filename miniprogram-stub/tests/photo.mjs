/** A camera's JPEG: real pixels with an EXIF block that says when and where. */
import { deflateSync } from 'node:zlib'

const rational = (value, denominator = 1) => [Math.round(value * denominator), denominator]

/** 29.5 → 29° 30' 0". */
function degrees(value) {
  const all = Math.abs(value)
  const minutes = (all % 1) * 60
  return [...rational(Math.floor(all)), ...rational(Math.floor(minutes)), ...rational((minutes % 1) * 60, 10000)]
}

const ascii = (text) => ({ type: 2, count: text.length + 1, bytes: Buffer.from(`${text}\0`, 'latin1') })
const rationals = (numbers) => {
  const bytes = Buffer.alloc(numbers.length * 4)
  numbers.forEach((it, place) => bytes.writeUInt32LE(it, place * 4))
  return { type: 5, count: numbers.length / 2, bytes }
}
const long = (value) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return { type: 4, count: 1, bytes }
}

/** One directory at `start`: entries first, what does not fit into four bytes behind them. */
function directory(start, entries) {
  const head = Buffer.alloc(2 + entries.length * 12 + 4)
  head.writeUInt16LE(entries.length, 0)
  const tail = []
  let next = start + head.length
  entries.forEach(([tag, { type, count, bytes }], place) => {
    const at = 2 + place * 12
    head.writeUInt16LE(tag, at)
    head.writeUInt16LE(type, at + 2)
    head.writeUInt32LE(count, at + 4)
    if (bytes.length <= 4) bytes.copy(head, at + 8)
    else {
      head.writeUInt32LE(next, at + 8)
      tail.push(bytes)
      next += bytes.length
    }
  })
  return Buffer.concat([head, ...tail])
}

export function withExif(jpeg, { lat, lng, at = new Date() }) {
  const local = new Date(at.getTime() + 8 * 3600_000).toISOString()
  const date = `${local.slice(0, 10).replaceAll('-', ':')} ${local.slice(11, 19)}`
  const clock = [at.getUTCHours(), 1, at.getUTCMinutes(), 1, at.getUTCSeconds(), 1]
  const gps = [
    [1, ascii(lat >= 0 ? 'N' : 'S')], [2, rationals(degrees(lat))], [3, ascii(lng >= 0 ? 'E' : 'W')], [4, rationals(degrees(lng))],
    [7, rationals(clock)], [29, ascii(at.toISOString().slice(0, 10).replaceAll('-', ':'))],
  ]
  const taken = [[0x9003, ascii(date)], [0x9011, ascii('+08:00')]]
  const main = (exifAt, gpsAt) => [[0x010f, ascii('HUAWEI')], [0x0110, ascii('NOH-AN00')], [0x8769, long(exifAt)], [0x8825, long(gpsAt)]]
  const exifAt = 8 + directory(8, main(0, 0)).length
  const exif = directory(exifAt, taken)
  const gpsAt = exifAt + exif.length
  const header = Buffer.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0])
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), header, directory(8, main(exifAt, gpsAt)), exif, directory(gpsAt, gps)])
  const marker = Buffer.from([0xff, 0xe1, 0, 0])
  marker.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), marker, body, jpeg.subarray(2)])
}

/** GCJ-02 back to WGS-84, by fixed point on the public forward formula. */
export function toWgs84({ lat, lng }) {
  const [a, ee, pi] = [6378245, 0.00669342162296594323, Math.PI]
  const shift = (la, ln) => {
    const [x, y] = [ln - 105, la - 35]
    const wave = (20 * Math.sin(6 * x * pi) + 20 * Math.sin(2 * x * pi)) * 2 / 3
    let dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + wave
    dLat += (20 * Math.sin(y * pi) + 40 * Math.sin(y / 3 * pi)) * 2 / 3 + (160 * Math.sin(y / 12 * pi) + 320 * Math.sin(y * pi / 30)) * 2 / 3
    let dLng = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + wave
    dLng += (20 * Math.sin(x * pi) + 40 * Math.sin(x / 3 * pi)) * 2 / 3 + (150 * Math.sin(x / 12 * pi) + 300 * Math.sin(x / 30 * pi)) * 2 / 3
    const rad = la / 180 * pi
    const magic = 1 - ee * Math.sin(rad) ** 2
    return [dLat * 180 / ((a * (1 - ee)) / (magic * Math.sqrt(magic)) * pi), dLng * 180 / (a / Math.sqrt(magic) * Math.cos(rad) * pi)]
  }
  let [la, ln] = [lat, lng]
  for (let i = 0; i < 6; i++) {
    const [dLat, dLng] = shift(la, ln)
    ;[la, ln] = [lat - dLat, lng - dLng]
  }
  return { lat: la, lng: ln }
}

/** A small PNG whose pixels are its own, for where no canvas is at hand. */
export function png(size = 64) {
  const rows = Buffer.alloc(size * (size * 3 + 1))
  for (let at = 0; at < rows.length; at++) rows[at] = at % (size * 3 + 1) === 0 ? 0 : Math.floor(Math.random() * 256)
  const chunk = (kind, bytes) => {
    const body = Buffer.concat([Buffer.from(kind, 'latin1'), bytes])
    const framed = Buffer.alloc(body.length + 8)
    framed.writeUInt32BE(bytes.length, 0)
    body.copy(framed, 4)
    framed.writeUInt32BE(crc32(body), body.length + 4)
    return framed
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
