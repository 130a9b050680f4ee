// Signs, uploads and removes objects, as the original's components do: node storage.mjs PATH THUMBNAIL OTHERS_PATH
import { codeOf, must, say, signIn } from './client.mjs'

const client = await signIn()
const [path, thumbnail, othersPath] = process.argv.slice(2)
const userId = must(await client.auth.getUser()).user.id
const workspace = client.storage.from('workspace-temp')
const library = client.storage.from('user-library')
const references = client.storage.from('reference_images')
const picture = new Blob(['a picture'], { type: 'image/png' })
const reached = async ({ signedUrl }) => (await fetch(signedUrl)).status

const referencePath = `${userId}/${Date.now()}-ref.png`
const uploaded = must(await references.upload(referencePath, picture))

const signed = {
  original: await reached(must(await workspace.createSignedUrl(path, 60 * 60))),
  thumbnail: await reached(must(await workspace.createSignedUrl(thumbnail, 15 * 60))),
  reference: await reached(must(await references.createSignedUrl(uploaded.path, 24 * 60 * 60))),
  chunk: (await Promise.all(must(await workspace.createSignedUrls([path, thumbnail], 3600)).map(reached))).join(),
}

const refused = {
  signOthers: codeOf(await workspace.createSignedUrl(othersPath, 60)),
  downloadOthers: codeOf(await workspace.download(othersPath)),
  uploadToWorkspace: codeOf(await workspace.upload(`${userId}/mine.png`, picture)),
  replaceResult: codeOf(await workspace.upload(path, picture, { upsert: true })),
  uploadToLibrary: codeOf(await library.upload(`${userId}/mine.png`, picture)),
  uploadWithoutFolder: codeOf(await references.upload('mine.png', picture)),
  uploadForOthers: codeOf(await references.upload(`${othersPath.split('/')[0]}/mine.png`, picture)),
}

const removed = must(await workspace.remove([path, othersPath])).map((object) => object.name)
const list = must(await workspace.list(othersPath.split('/').slice(0, 2).join('/')))

say({ signed, refused, removed, othersListed: list.length, uploaded: uploaded.path === referencePath })
