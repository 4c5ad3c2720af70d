/** Every template and style of the built mini-program through WeChat's own compilers, which name line and column. */
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const PLATFORMS = { linux: 'linux', darwin: 'mac', win32: 'windows' }
const BUILT = fileURLToPath(new URL('../dist/build/mp-weixin', import.meta.url))
const compilers = join(dirname(createRequire(import.meta.url).resolve('miniprogram-compiler/package.json')), 'bin', PLATFORMS[process.platform])
const walk = (folder) => readdirSync(folder).flatMap((name) => {
  const path = join(folder, name)
  return statSync(path).isDirectory() ? walk(path) : [relative(BUILT, path)]
})
const place = mkdtempSync(join(tmpdir(), 'wcc-'))

let hasFailed = false
for (const [tool, ending, before] of [['wcc', '.wxml', ['-d']], ['wcsc', '.wxss', ['-lc']]]) {
  // The package comes without the run bit.
  const binary = join(place, tool)
  copyFileSync(join(compilers, tool), binary)
  chmodSync(binary, 0o755)
  const files = walk(BUILT).filter((it) => it.endsWith(ending))
  const args = [...before, ...files.map((it) => (tool === 'wcc' ? `./${it}` : it)), '-o', join(place, `${tool}.out`)]
  const { status, stderr, stdout } = spawnSync(binary, args, { cwd: BUILT, encoding: 'utf8' })
  console.log(`${tool}: ${files.length} files, ${status === 0 ? 'ok' : 'refused'}`)
  if (status !== 0) {
    console.error((stderr || stdout).slice(0, 2000))
    hasFailed = true
  }
}
process.exit(hasFailed ? 1 : 0)
