/** The built mini-program in WeChat's own component runtime, with `wx.*` wired to a running server in development mode.
 *  GUGAN_SERVER=http://127.0.0.1:8080 node tests/mp.sim.mjs    The demo company is reset first. */
import assert from 'node:assert/strict'
import { chmodSync, cpSync, existsSync, mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { JSDOM } from 'jsdom'
import { png } from './photo.mjs'

const MORNING = '2026-11-23T07:10:00+08:00'
const SERVER = process.env.GUGAN_SERVER ?? 'http://127.0.0.1:8080'
const require = createRequire(import.meta.url)

// Out of the "type": "module" tree: the artefact is CommonJS.
const BUILT = mkdtempSync(join(tmpdir(), 'mp-'))
cpSync(fileURLToPath(new URL('../dist/build/mp-weixin', import.meta.url)), BUILT, { recursive: true })
// The official compiler comes without the run bit.
const wcc = join(dirname(require.resolve('miniprogram-compiler/package.json')), 'bin', { linux: 'linux', darwin: 'mac', win32: 'windows' }[process.platform], 'wcc')
if (existsSync(wcc)) chmodSync(wcc, 0o755)

// A window before the simulator is loaded; Node's own Event stays.
const dom = new JSDOM('<!doctype html><html><body></body></html>', { url: 'http://127.0.0.1/', pretendToBeVisual: true })
globalThis.window = dom.window
for (const name of ['document', 'Element', 'HTMLElement', 'Node', 'MutationObserver', 'requestAnimationFrame']) globalThis[name] = dom.window[name]
Object.defineProperty(globalThis, 'navigator', { value: dom.window.navigator, configurable: true })
window.MutationObserver ??= dom.window.MutationObserver

// A phone

const phone = { storage: new Map(), files: new Map(), calls: [], url: '', user: 'rep-01', place: null, isOnline: true, nShots: 0, refuses: false, needsPrivacy: false }
const said = (name, args) => phone.calls.push([name, args])
const later = (run) => setTimeout(run, 0)
const done = (args, value) => later(() => { args?.success?.(value); args?.complete?.(value) })
const failed = (args, errMsg) => later(() => { args?.fail?.({ errMsg }); args?.complete?.({ errMsg }) })

async function exchange(args, init) {
  if (!phone.isOnline) return failed(args, 'request:fail')
  try {
    const answer = await fetch(SERVER + args.url, init)
    const text = await answer.text()
    return { statusCode: answer.status, text, header: Object.fromEntries(answer.headers) }
  } catch {
    return failed(args, 'request:fail')
  }
}

globalThis.wx = {
  env: { USER_DATA_PATH: 'wxfile://usr' },
  getSystemInfoSync: () => ({ platform: 'ios', SDKVersion: '3.15.0', windowWidth: 390, windowHeight: 844, pixelRatio: 3, statusBarHeight: 47, language: 'zh_CN', system: 'iOS 18', brand: 'iPhone', model: 'iPhone', theme: 'light', safeArea: { top: 47, bottom: 810 } }),
  getAppBaseInfo: () => ({ SDKVersion: '3.15.0', language: 'zh_CN', theme: 'light' }),
  getWindowInfo: () => ({ windowWidth: 390, windowHeight: 844, pixelRatio: 3, statusBarHeight: 47 }),
  getDeviceInfo: () => ({ platform: 'ios', brand: 'iPhone', model: 'iPhone', system: 'iOS 18' }),
  getLaunchOptionsSync: () => ({ path: 'pages/today/index', query: {}, scene: 1001 }),
  getEnterOptionsSync: () => ({ path: 'pages/today/index', query: {}, scene: 1001 }),
  canIUse: () => true,
  getAccountInfoSync: () => ({ miniProgram: { appId: 'touristappid' } }),
  getMenuButtonBoundingClientRect: () => ({}),
  onAppShow() {}, onAppHide() {}, onThemeChange() {}, onWindowResize() {}, onError() {},
  getStorageSync: (name) => phone.storage.get(name) ?? '',
  setStorageSync: (name, value) => phone.storage.set(name, value),
  removeStorageSync: (name) => phone.storage.delete(name),
  login: (args) => done(args, { code: `sim:${phone.user}` }),
  async request(args) {
    said('request', args)
    const it = await exchange(args, { method: args.method, headers: args.header, body: args.method === 'GET' ? undefined : JSON.stringify(args.data ?? {}) })
    if (it) done(args, { statusCode: it.statusCode, header: it.header, data: it.text && it.header['content-type']?.includes('json') ? JSON.parse(it.text) : it.text })
  },
  async uploadFile(args) {
    said('uploadFile', args)
    const form = new FormData()
    for (const [name, value] of Object.entries(args.formData)) form.append(name, value)
    form.append(args.name, new Blob([phone.files.get(args.filePath)]), 'tmp.jpg')
    const it = await exchange(args, { method: 'POST', headers: args.header, body: form })
    if (it) done(args, { statusCode: it.statusCode, data: it.text })
  },
  async downloadFile(args) {
    const it = await exchange(args, { headers: args.header })
    if (it) done(args, { statusCode: it.statusCode, tempFilePath: 'wxfile://tmp/photo.jpg' })
  },
  onNeedPrivacyAuthorization(heard) { phone.askPrivacy = heard },
  openPrivacyContract() {},
  getLocation(args) {
    if (phone.needsPrivacy) {
      return phone.askPrivacy((answer) => {
        phone.calls.push(['privacy', answer])
        if (answer.event !== 'agree') return failed(args, 'getLocation:fail privacy permission is not authorized')
        phone.needsPrivacy = false
        wx.getLocation(args)
      })
    }
    said('getLocation', args)
    if (phone.refuses) failed(args, 'getLocation:fail auth deny')
    else done(args, { latitude: phone.place.lat, longitude: phone.place.lng, accuracy: 12 })
  },
  chooseMedia(args) {
    said('chooseMedia', args)
    const path = `wxfile://tmp/${++phone.nShots}.jpg`
    phone.files.set(path, phone.next ?? png())
    done(args, { tempFiles: [{ tempFilePath: path, size: phone.size ?? phone.files.get(path).length }] })
  },
  removeSavedFile() { assert.fail('photos are files of the app') },
  getStorageInfoSync: () => ({ keys: [...phone.storage.keys()] }),
  getImageInfo: (args) => done(args, { width: 4000, height: 3000 }),
  compressImage(args) {
    said('compressImage', args)
    if (!phone.reads) return failed(args, 'compressImage:fail')
    phone.files.set('wxfile://tmp/compressed.jpg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xdb]), png()]))
    done(args, { tempFilePath: 'wxfile://tmp/compressed.jpg' })
  },
  getFileSystemManager: () => ({
    saveFile(args) {
      phone.files.set(args.filePath, phone.files.get(args.tempFilePath))
      phone.files.delete(args.tempFilePath)
      done(args, { savedFilePath: args.filePath })
    },
    readFile(args) {
      const bytes = Uint8Array.from(phone.files.get(args.filePath))
      const data = args.length === undefined ? bytes : bytes.slice(args.position, args.position + args.length)
      done(args, { data: data.buffer })
    },
    writeFile(args) { phone.files.set(args.filePath, Buffer.from(args.data)); done(args, {}) },
    access: (args) => (phone.files.has(args.path) ? done(args, {}) : failed(args, 'access:fail')),
    readdir: (args) => done(args, { files: [...phone.files.keys()].filter((it) => it.startsWith(args.dirPath)).map((it) => it.slice(args.dirPath.length + 1)) }),
    unlink(args) { phone.files.delete(args.filePath); done(args, {}) },
  }),
  requestSubscribeMessage(args) {
    said('requestSubscribeMessage', args)
    done(args, Object.fromEntries([...args.tmplIds.map((id) => [id, 'accept']), ['errMsg', 'ok']]))
  },
  getNetworkType: (args) => done(args, { networkType: 'wifi' }),
  onNetworkStatusChange(heard) { phone.heard = heard },
  navigateTo(args) { phone.url = args.url; done(args, {}) },
  reLaunch(args) { phone.url = args.url; done(args, {}) },
  redirectTo(args) { phone.url = args.url; done(args, {}) },
  navigateBack() {}, pageScrollTo() {}, showToast(args) { said('showToast', args) }, showModal(args) { said('showModal', args); done(args, { confirm: true }) },
  stopPullDownRefresh() {}, vibrateShort() {}, vibrateLong() {}, makePhoneCall() {}, openLocation() {}, openSetting() {}, nextTick: (run) => later(run),
}
globalThis.getCurrentPages = () => []
globalThis.getApp = () => globalThis.theApp
globalThis.App = (options) => { globalThis.theApp = options }
globalThis.Page = (options) => globalThis.Component(options)

phone.files.set('wxfile://usr/photo-1000-1.jpg', png())
phone.files.set('wxfile://usr/something-else', png())

const simulate = require('miniprogram-simulate')
createRequire(join(BUILT, 'app.js'))('./app.js')
theApp?.onLaunch?.call(theApp, { path: 'pages/today/index', query: {} })

const nap = (ms) => new Promise((go) => setTimeout(go, ms))
async function until(what, test, ms = 8000) {
  for (const end = Date.now() + ms; Date.now() < end; await nap(30)) if (test()) return
  throw new Error(`waited in vain for ${what}\n${document.body.textContent.replace(/\s+/g, ' ').slice(0, 600)}`)
}

/** Opens a page as WeChat does: made, attached, loaded, shown. */
async function open(path, query = {}) {
  document.body.innerHTML = ''
  const page = simulate.render(simulate.load(join(BUILT, path), { rootPath: BUILT, compiler: 'official' }))
  const holder = document.createElement('div')
  document.body.appendChild(holder)
  page.attach(holder)
  await nap(20)
  page.instance.onLoad?.(query)
  page.instance.onShow?.()
  await nap(30)
  return page
}

const text = () => document.body.textContent
/** Presses what the words stand in: an event of exparser's own on the element that listens. */
function press(selector, words = '', nth = 0, event = 'tap') {
  // The runtime puts the component's name before each class.
  const isIt = (token) => token === selector.slice(1) || token.endsWith(`--${selector.slice(1)}`)
  const found = [...document.querySelectorAll('*')].filter((it) => [...it.classList].some(isIt) && it.textContent.includes(words))
  assert.ok(found[nth], `nothing to press: ${selector} ${words}\n${process.env.SHOW ? document.body.innerHTML.slice(0, 3000) : ''}`)
  const exparser = require('miniprogram-exparser')
  const node = found[nth].__wxElement
  exparser.triggerEvent(node, event, {}, { bubbles: true, composed: true })
}

async function ask(method, path, { token, body } = {}) {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  const answer = await fetch(`${SERVER}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) })
  return JSON.parse((await answer.text()) || 'null')
}

let isBad = false
async function test(name, run) {
  try {
    await run()
    console.log(`ok   ${name}`)
  } catch (fault) {
    isBad = true
    console.error(`FAIL ${name}\n${fault.stack}`)
  }
}

await ask('POST', '/dev/reset', { body: { now: MORNING } })
await ask('POST', '/dev/settle')
const { token } = await ask('POST', '/auth/wechat/login', { body: { code: 'sim:rep-01#sim' } })

await test('a card in a chat opens its page without a login screen: WeChat says who it is', async () => {
  const { items } = await ask('GET', '/customers?limit=1', { token })
  await open('pages/store/index', { id: items[0].id })
  await until('the store', () => text().includes(items[0].name) && text().includes('签到'))
  assert.equal(phone.url, '')
})

await test('the WeChat login goes in', async () => {
  await open('pages/login/index')
  await until('the button', () => text().includes('微信登录'))
  press('.app-button', '微信登录')
  await until('home', () => phone.url.startsWith('/pages/today/index'))
})

let list
await test('the proposed list is filed with one tap, which also asks for messages', async () => {
  await open('pages/today/index')
  await until('the list', () => text().includes('提交这 5 家'))
  press('.app-button', '提交这')
  await until('filed', () => text().includes('0 / 5'))
  const asked = phone.calls.find(([name]) => name === 'requestSubscribeMessage')[1]
  assert.ok(asked.tmplIds.length >= 1 && asked.tmplIds.length <= 5)
  const owed = await ask('GET', '/action-lists?limit=1', { token })
  list = await ask('GET', `/action-lists/${owed.items[0].date}`, { token })
  assert.equal(list.status, 'filed')
})

await test('a check-in opens the camera at once, with the original and gcj02', async () => {
  const item = list.items[0]
  const customer = await ask('GET', `/customers/${item.customer_id}`, { token })
  phone.place = customer.location
  await open('pages/store/check-in', { customer: item.customer_id, name: encodeURIComponent(item.customer_name), item: item.id })
  await until('the photo and the place', () => text().includes('重拍') && text().includes('已定位'))
  const { sourceType, sizeType } = phone.calls.find(([name]) => name === 'chooseMedia')[1]
  assert.deepEqual([sourceType, sizeType], [['camera'], ['original']])
  const { type, isHighAccuracy } = phone.calls.find(([name]) => name === 'getLocation')[1]
  assert.deepEqual([type, isHighAccuracy], ['gcj02', true])
  press('.app-button', '签到')
  await until('a verdict', () => /已确认到店|已先行记录/.test(text()))
  press('.chip', '下单了')
  await nap(60)
  press('.app-button', '完成拜访')
  await until('the end', () => text().includes('这一家完成了'))
  const visits = await ask('GET', `/visits?customer_id=${item.customer_id}`, { token })
  assert.equal(visits.items.length, 1)
  assert.equal(visits.items[0].result_code, 'order')
  assert.equal(visits.items[0].location.system, 'gcj02')
})

await test('photos that nothing names are swept at launch, other files are not', async () => {
  assert.ok(!phone.files.has('wxfile://usr/photo-1000-1.jpg'))
  assert.ok(phone.files.has('wxfile://usr/something-else'))
})

await test('a shot is there when the page comes back, without the camera', async () => {
  const item = list.items[2]
  const query = { customer: item.customer_id, name: encodeURIComponent(item.customer_name), item: item.id }
  await open('pages/store/check-in', query)
  await until('the photo', () => text().includes('重拍'))
  const shots = phone.calls.filter(([name]) => name === 'chooseMedia').length
  await open('pages/store/check-in', query)
  await until('the photo again', () => text().includes('重拍'))
  await nap(200)
  assert.equal(phone.calls.filter(([name]) => name === 'chooseMedia').length, shots)
})

await test('a full storage is said aloud, and the check-in goes all the same', async () => {
  const item = list.items[2]
  const query = { customer: item.customer_id, name: encodeURIComponent(item.customer_name), item: item.id }
  await open('pages/store/check-in', query)
  await until('the photo and the place', () => text().includes('重拍') && text().includes('已定位'))
  const set = wx.setStorageSync
  wx.setStorageSync = () => { throw new Error('setStorageSync:fail exceed storage max size 10Mb') }
  press('.app-button', '签到')
  await until('a verdict', () => /已确认到店|已先行记录|请走到门店/.test(text()))
  wx.setStorageSync = set
  assert.ok(phone.calls.some(([name, args]) => name === 'showModal' && args.title === '手机存储满了'))
  assert.equal((await ask('GET', `/visits?customer_id=${item.customer_id}`, { token })).items.length, 1)
})

await test('before the first place WeChat wants consent: yes from its own button goes on, no works without a place', async () => {
  const item = list.items[3]
  const query = { customer: item.customer_id, name: encodeURIComponent(item.customer_name), item: item.id }
  phone.needsPrivacy = true
  await open('pages/store/check-in', query)
  await until('the sheet', () => text().includes('用之前先说清楚'))
  press('.app-button', '暂不')
  await until('the rest works', () => text().includes('没有打开定位') && text().includes('重拍') && !text().includes('用之前先说清楚'))
  await open('pages/store/check-in', query)
  await until('the sheet again', () => text().includes('用之前先说清楚'))
  press('.app-button', '同意并继续', 0, 'agreeprivacyauthorization')
  await until('the place', () => text().includes('已定位'))
  const answers = phone.calls.filter(([name]) => name === 'privacy').map(([, answer]) => answer)
  assert.deepEqual(answers, [{ event: 'disagree' }, { event: 'agree', buttonId: 'privacy-agree' }])
})

await test('without signal and without a position the visit is kept and sent once', async () => {
  const item = list.items[1]
  phone.isOnline = false
  phone.refuses = true
  await open('pages/store/check-in', { customer: item.customer_id, name: encodeURIComponent(item.customer_name), item: item.id })
  await until('the photo', () => text().includes('重拍') && text().includes('没有打开定位'))
  press('.app-button', '签到')
  await until('kept', () => text().includes('签到已存在手机里'))
  press('.chip', '有意向')
  await nap(60)
  press('.app-button', '完成拜访')
  await until('kept', () => text().includes('有信号后自动发送'))
  phone.isOnline = true
  phone.heard({ isConnected: true, networkType: 'wifi' })
  const has = async () => (await ask('GET', `/visits?customer_id=${item.customer_id}`, { token })).items
  for (let i = 0; i < 60 && !(await has())[0]?.result_code; i++) await nap(100)
  const visits = await has()
  assert.equal(visits.length, 1)
  assert.equal(visits[0].result_code, 'interest')
  assert.equal(visits[0].location, null)
})

await test('HEIC becomes a JPEG that names its original, too much becomes smaller, and what the phone cannot do is left as it is', async () => {
  const item = list.items[4]
  const query = { customer: item.customer_id, name: encodeURIComponent(item.customer_name), item: item.id }
  const { createHash } = await import('node:crypto')
  const kept = () => [...phone.files.keys()].filter((it) => it.startsWith('wxfile://usr/'))
  const shootWith = async (bytes, size) => {
    Object.assign(phone, { next: bytes, size })
    phone.calls.length = 0
    for (const name of phone.storage.keys()) if (name.startsWith('gugan.shot.')) phone.storage.delete(name)
    const before = new Set(kept())
    await open('pages/store/check-in', query)
    await until('the photo', () => kept().some((it) => !before.has(it)) && text().includes('重拍'))
    return Buffer.from(phone.files.get(kept().find((it) => !before.has(it))))
  }
  const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic', 'latin1'), Buffer.alloc(500, 7)])
  phone.reads = true
  const sum = createHash('sha256').update(heic).digest('hex')
  assert.ok((await shootWith(heic)).includes(`gugan original sha256=${sum} bytes=${heic.length} why=heic`))
  const large = await shootWith(png(), 20_000_001)
  const asked = phone.calls.find(([name]) => name === 'compressImage')[1]
  assert.deepEqual([asked.compressedWidth, asked.compressedHeight], [1600, 1200])
  assert.ok(large.includes('why=large'))
  phone.reads = false
  assert.deepEqual(await shootWith(heic), heic)
  Object.assign(phone, { next: undefined, size: undefined })
  for (const name of phone.storage.keys()) if (name.startsWith('gugan.shot.')) phone.storage.delete(name)
})

await test('the store page of the sub-package shows why and what', async () => {
  await open('pages/store/index', { id: list.items[2].customer_id })
  await until('the reasons', () => text().includes('为什么是今天') && text().includes(list.items[2].objective))
})

await test('the driver signs a delivery off', async () => {
  phone.user = 'logistics-01'
  phone.refuses = false
  await open('pages/login/index')
  await until('the button', () => text().includes('微信登录'))
  press('.app-button', '微信登录')
  await nap(400)
  const driver = (await ask('POST', '/auth/wechat/login', { body: { code: 'sim:logistics-01#sim' } })).token
  await open('pages/today/index')
  await until('what is due today', () => text().includes('今天该送') && /装车 \d+ 单/.test(text()))
  press('.app-button', '装车')
  await until('the stops', () => /今天 \d+ 站/.test(text()))
  const [{ id: tripId }] = (await ask('GET', '/trips?limit=1', { token: driver })).items
  const trip = await ask('GET', `/trips/${tripId}`, { token: driver })
  const [stop] = trip.stops
  press('.stops-item', stop.customer_name)
  await until('the stop', () => phone.url.includes(`id=${stop.id}`) && phone.url.includes(`trip=${tripId}`))
  phone.place = (await ask('GET', `/customers/${stop.customer_id}`, { token: driver })).location
  await open('pages/stop/index', { id: stop.id, trip: trip.id })
  await until('both photos', () => text().split('重拍').length === 3 && text().includes('已定位'))
  press('.chip')
  await nap(60)
  if (Number(stop.due) > 0) press('.chip', '现金')
  await nap(60)
  press('.app-button', '全部签收')
  await until('signed', () => text().includes('已签收'))
  assert.equal((await ask('GET', `/deliveries/${stop.deliveries[0].id}`, { token: driver })).status, 'signed')
})

await test('a customer who refuses everything: one tap, one reason, and the numbers follow', async () => {
  const driver = (await ask('POST', '/auth/wechat/login', { body: { code: 'sim:logistics-01#sim2' } })).token
  const [{ id: tripId }] = (await ask('GET', '/trips?limit=1', { token: driver })).items
  const stop = (await ask('GET', `/trips/${tripId}`, { token: driver })).stops.find((it) => it.deliveries[0].status === 'planned')
  phone.place = (await ask('GET', `/customers/${stop.customer_id}`, { token: driver })).location
  await open('pages/stop/index', { id: stop.id, trip: tripId })
  await until('both photos', () => text().split('重拍').length === 3 && text().includes('已定位'))
  press('.link-do', '有退回')
  await until('the numbers', () => text().includes('全退'))
  press('.link-do', '客户拒收')
  await until('the reasons', () => text().includes('为什么退回'))
  press('.chip', '客户不要了')
  press('.chip')
  await nap(60)
  press('.app-button', '客户拒收')
  await until('refused', () => text().includes('下一站') && !text().includes('正在发送'))
  const after = (await ask('GET', `/trips/${tripId}`, { token: driver })).stops.find((it) => it.id === stop.id)
  assert.deepEqual(after.deliveries.map((it) => it.status), stop.deliveries.map(() => 'refused'))
})

process.exit(isBad ? 1 : 0)
