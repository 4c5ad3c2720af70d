// CPU milliseconds a photo: EXIF, SHA-256, a preview of 1024 pixels, a thumbnail of 320, and a 9 x 8 and a 32 x 32
// gray for the hashes. Prints one JSON line.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import exifr from 'exifr'
import sharp from 'sharp'

sharp.concurrency(1)
sharp.cache(false)
const folder = process.argv[2]
const files = readdirSync(folder).map((name) => join(folder, name))

async function handle (file) {
  const bytes = readFileSync(file)
  await exifr.parse(bytes)
  createHash('sha256').update(bytes).digest('hex')
  const fit = { fit: 'inside', withoutEnlargement: true }
  const { data, info } = await sharp(bytes).rotate().resize(1024, 1024, fit).raw().toBuffer({ resolveWithObject: true })
  const raw = { width: info.width, height: info.height, channels: info.channels }
  await sharp(data, { raw }).jpeg({ quality: 82 }).toBuffer()
  const small = await sharp(data, { raw }).resize(320, 320, fit).raw().toBuffer({ resolveWithObject: true })
  const raw320 = { width: small.info.width, height: small.info.height, channels: small.info.channels }
  await sharp(small.data, { raw: raw320 }).jpeg({ quality: 82 }).toBuffer()
  for (const [width, height] of [[9, 8], [32, 32]]) {
    await sharp(small.data, { raw: raw320 }).grayscale().resize(width, height, { fit: 'fill' }).raw().toBuffer()
  }
}

for (const file of files) await handle(file)
const each = []
for (let round = 0; round < 3; round++) {
  for (const file of files) {
    const before = process.cpuUsage()
    await handle(file)
    const used = process.cpuUsage(before)
    each.push((used.user + used.system) / 1000)
  }
}
each.sort((a, b) => a - b)
console.log(JSON.stringify({ median_cpu_ms: each[each.length >> 1], rss_mb: Math.round(process.memoryUsage().rss / 1e6) }))
