/** Serves the built screens and hands `/api` and `/healthz` to a running server. For trying out; nothing else needs it.
 *  node scripts/serve-h5.mjs [port] [server], 127.0.0.1:8206 and http://127.0.0.1:8080 unless said. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import http from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const KINDS = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.png': 'image/png', '.svg': 'image/svg+xml' }
const ROOT = fileURLToPath(new URL('../dist/build/h5', import.meta.url))

export function serve(port, server) {
  const target = new URL(server)
  const proxied = (request, response) => {
    const there = http.request({ host: target.hostname, port: target.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
    })
    there.on('error', () => response.headersSent ? response.destroy() : response.writeHead(502).end())
    request.pipe(there)
  }
  const files = (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname)).replace(/^(\.\.[/\\])+/, '').replace(/^\/app/, '')
    const file = join(ROOT, path === '' || path === '/' ? 'index.html' : path)
    if (!file.startsWith(ROOT) || !existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': KINDS[extname(file)] ?? 'application/octet-stream' })
    createReadStream(file).pipe(response)
  }
  const listening = http.createServer((request, response) => (/^\/(api|healthz)/.test(request.url) ? proxied : files)(request, response))
  return new Promise((resolve) => listening.listen(port, '127.0.0.1', () => resolve(listening)))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const port = Number(process.argv[2] ?? 8206)
  const server = process.argv[3] ?? 'http://127.0.0.1:8080'
  await serve(port, server)
  console.log(`http://127.0.0.1:${port}/app/  →  ${server}`)
}
