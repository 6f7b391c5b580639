import { Controller } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Call } from '../http/call.js';
import { type Content, reprDigest } from '../http/content.js';
import { type Answer } from '../http/contract.js';
import { etagOfDigest } from '../http/etag.js';
import { Operation } from '../http/operation.decorator.js';
import { keysetOf, pageLinks } from '../http/pagination.js';
import { evaluate } from '../http/preconditions.js';
import { etagsOf } from '../http/render.js';
import { Once } from '../idempotency/once.js';
import { Problem } from '../problems.js';
import { isGivenBack, mintFor, nothingAt } from '../reservations/minting.js';
import { reservationView, ReservationView, reservedHeaders } from '../reservations/reservation.view.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { type Image, patchLabels } from './image.js';
import { withImage } from './image.intake.js';
import { refuseTooMany } from './labels.validator.js';
import { imageContent, imageUri, imageView, ImageView } from './image.view.js';
import * as contract from './images.contract.js';
import { type Creation, imagesPath, ImagesService } from './images.service.js';

@Controller()
export class ImagesController {
  constructor(
    private readonly images: ImagesService,
    private readonly reservations: ReservationsService,
    private readonly once: Once,
  ) {}

  @Operation(contract.createImage)
  async create(call: Call<typeof contract.createImage>): Promise<Answer<typeof contract.createImage>> {
    if (call.isEmpty) {
      // What is replayed is data: which form it has is said again.
      const minted = await this.once.run(call, { empty: true }, (tx) => this.mint(call, tx));
      call.response.setHeader('Link', minted.link);
      return { status: 201, headers: minted.headers, body: minted.body, as: ReservationView };
    }
    const answer = await withImage(call, this.images, ({ upload, given }) => {
      return this.once.run(call, { digest: upload.digest, ...given }, async (tx) => {
        const creation = await this.images.create(call.owner, upload, given, tx);
        return this.created(creation, call.origin);
      });
    });
    // RFC 9110 8.7: of what is shown, the new image, it says where it can be had again.
    if (answer.status === 201) call.response.setHeader('Content-Location', answer.headers.Location);
    return answer;
  }

  private async mint(call: Call, tx?: EntityManager) {
    const reservation = await mintFor(call, this.reservations, imagesPath, tx);
    const { Location, Link: link } = reservedHeaders(reservation, call.origin);
    return { status: 201, headers: { Location }, link, body: reservationView(reservation, call.origin, call.now) };
  }

  private created(creation: Creation, origin: string): Answer<typeof contract.createImage> {
    if (creation.outcome === 'name-taken') throw nameTaken(creation.image, origin);
    const headers = { Location: imageUri(creation.image.id, origin) };
    const body = imageView(creation.image, origin);
    return creation.outcome === 'created' ? { status: 201, headers, body } : { status: 303, headers, body };
  }

  @Operation(contract.putImage)
  async put(call: Call<typeof contract.putImage>): Promise<Answer<typeof contract.putImage>> {
    const filling = await withImage(call, this.images, ({ upload, given }) =>
      this.images.put(call.owner, call.param('id'), upload, given, (image, same) => checkPut(call, image, same)),
    );
    if (filling === null) throw new Problem('not-found');
    const { outcome, image } = filling;
    if (outcome === 'name-taken') throw nameTaken(image, call.origin);
    // RFC 9110 9.3.4: a validator only where what is stored are the very bytes that were received.
    if (!call.contentType.startsWith('multipart/')) call.response.setHeader('ETag', etagOfDigest(image.digest));
    const body = imageView(image, call.origin);
    if (outcome !== 'created') return { status: 200, body };
    return { status: 201, headers: { Location: imageUri(image.id, call.origin) }, body };
  }

  @Operation(contract.listImages)
  async list(call: Call<typeof contract.listImages>): Promise<Answer<typeof contract.listImages>> {
    const page = await this.images.list({ owner: call.owner, ...call.query }, keysetOf(call.query));
    const { links, header } = pageLinks(page, call.url);
    const items = page.items.map((image) => imageView(image, call.origin));
    return { status: 200, headers: { Link: header }, body: { items, links } };
  }

  @Operation(contract.getImage)
  async get(call: Call<typeof contract.getImage>): Promise<Answer<typeof contract.getImage>> {
    const id = call.param('id');
    const image = await this.images.find(call.owner, id);
    if (image === null) throw await nothingAt(call, this.reservations, imagesPath, id);
    if (call.negotiate(ImageView, [image.mediaType]) === image.mediaType) {
      return { status: 200, content: this.contentOf(image, call.origin) };
    }
    return { status: 200, body: imageView(image, call.origin) };
  }

  @Operation(contract.getImageContent)
  async content(call: Call<typeof contract.getImageContent>): Promise<Answer<typeof contract.getImageContent>> {
    const image = await this.find(call.owner, call.param('id'));
    return { status: 200, content: this.contentOf(image, call.origin) };
  }

  @Operation(contract.patchImage)
  async patch(call: Call<typeof contract.patchImage>): Promise<Answer<typeof contract.patchImage>> {
    const { name, labels, expires } = await call.structured(contract.ImagePatch);
    const changed = await this.images.change(call.owner, call.param('id'), (image) => {
      call.requirePreconditions(ImageView, imageView(image, call.origin), [etagOfDigest(image.digest)]);
      const patched = labels === undefined ? image.labels : patchLabels(image.labels, labels);
      refuseTooMany(patched);
      return {
        ...(name === undefined ? {} : { name }),
        ...(labels === undefined ? {} : { labels: patched }),
        ...(expires === undefined ? {} : { expiresAt: expires }),
      };
    });
    if (changed === null) throw new Problem('not-found');
    if (changed === 'name-taken') throw nameTaken(await this.images.findByName(call.owner, name ?? ''), call.origin);
    return { status: 200, body: imageView(changed, call.origin) };
  }

  @Operation(contract.deleteImage)
  async delete(call: Call<typeof contract.deleteImage>): Promise<Answer<typeof contract.deleteImage>> {
    const id = call.param('id');
    if (await isGivenBack(call, this.reservations, imagesPath, id)) return { status: 204 };
    const deleted = await this.images.delete(call.owner, call.param('id'), (image) =>
      call.requirePreconditions(ImageView, imageView(image, call.origin), [etagOfDigest(image.digest)]),
    );
    if (!deleted) throw new Problem('not-found');
    return { status: 204 };
  }

  private async find(owner: string, id: string): Promise<Image> {
    const image = await this.images.find(owner, id);
    if (image === null) throw new Problem('not-found');
    return image;
  }

  private contentOf(image: Image, origin: string): Content {
    return imageContent(image, origin, (start, end) => this.images.read(image, start, end));
  }
}

/**
 * Preconditions of a PUT, in the order of RFC 9110 13.2.2, against the tags of all representations. A repetition may pass
 * a stale If-Match, since the change was made already (13.1.1); If-None-Match has no such leniency (13.1.2).
 */
function checkPut(call: Call, image: Image | null, same: boolean): void {
  const { 'if-match': ifMatch, ...others } = call.request.headers;
  const etag = image && etagOfDigest(image.digest);
  const etags = image ? [...etagsOf(ImageView, imageView(image, call.origin)), etagOfDigest(image.digest)] : [];
  const headers = same || ifMatch === undefined ? others : { ...others, 'if-match': ifMatch };
  if (evaluate('PUT', headers, { etags }) !== 'proceed') {
    throw new Problem('precondition-failed', {
      headers: image && etag ? { ETag: etag, 'Repr-Digest': reprDigest(image.digest) } : {},
    });
  }
  if (image && !same && ifMatch === undefined) throw new Problem('precondition-required');
}

/** The holder may have gone since: the name is then free, and the next attempt succeeds. */
function nameTaken(holder: Image | null, origin: string): Problem {
  const link = holder === null ? {} : { Link: `<${imageUri(holder.id, origin)}>; rel="related"` };
  return new Problem('name-taken', {
    ...(holder === null ? {} : { detail: `${imageUri(holder.id, origin)} is called ${JSON.stringify(holder.name)}.` }),
    headers: link,
  });
}
