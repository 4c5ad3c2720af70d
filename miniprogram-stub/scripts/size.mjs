/** What the builds weigh: the mini-program's packages, the browser's files as they travel. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const DIST = fileURLToPath(new URL('../dist/build', import.meta.url))
const LIMIT_KB = 2048
const walk = (folder) => readdirSync(folder).flatMap((name) => {
  const path = join(folder, name)
  return statSync(path).isDirectory() ? walk(path) : [path]
})
const kb = (bytes) => Math.round(bytes / 102.4) / 10
const weigh = (files) => files.reduce((sum, file) => sum + statSync(file).size, 0)

const mp = join(DIST, 'mp-weixin')
const app = JSON.parse(readFileSync(join(mp, 'app.json'), 'utf8'))
const roots = (app.subPackages ?? []).map((it) => it.root)
const files = walk(mp)
const main = kb(weigh(files.filter((file) => !roots.some((root) => file.startsWith(join(mp, root))))))
console.log(`mini-program, main package: ${main} KB of ${LIMIT_KB}`)
for (const root of roots) console.log(`  ${root}: ${kb(weigh(files.filter((file) => file.startsWith(join(mp, root)))))} KB`)
const h5 = walk(join(DIST, 'h5'))
const zipped = (end) => kb(h5.filter((file) => file.endsWith(end)).reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0))
console.log(`browser: ${kb(weigh(h5))} KB, gzipped JS ${zipped('.js')} KB, CSS ${zipped('.css')} KB`)
if (main > LIMIT_KB) process.exit(1)
