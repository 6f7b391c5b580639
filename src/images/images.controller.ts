import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Content } from '../http/content.js';
import { type Answer } from '../http/contract.js';
import { etagOfDigest } from '../http/etag.js';
import { Operation } from '../http/operation.decorator.js';
import { keysetOf, pageLinks } from '../http/pagination.js';
import { httpSettings } from '../http/settings.js';
import { Problem } from '../problems.js';
import { type Image, patchLabels } from './image.js';
import { takeImage } from './image.intake.js';
import { imageContent, imageUri, imageView, ImageView } from './image.view.js';
import * as contract from './images.contract.js';
import { ImagesService } from './images.service.js';

@Controller()
export class ImagesController {
  constructor(private readonly images: ImagesService) {}

  @Operation(contract.createImage)
  async create(call: Call<typeof contract.createImage>): Promise<Answer<typeof contract.createImage>> {
    const { uploadBytesMax } = httpSettings(call.request.app);
    const { upload, given } = await takeImage(call, this.images, uploadBytesMax);
    const { outcome, image } = await this.images.create(call.owner, upload, { ...given, ...call.query });
    const Location = imageUri(image.id, call.origin);
    const body = imageView(image, call.origin);
    switch (outcome) {
      case 'created':
        return { status: 201, headers: { Location }, body };
      case 'same-bytes':
        return { status: 303, headers: { Location }, body };
      case 'name-taken':
        throw nameTaken(image, call.origin);
      default:
        return outcome satisfies never;
    }
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
    const image = await this.find(call.owner, call.param('id'));
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
    const { name, labels, expires } = await call.json(contract.ImagePatch);
    const changed = await this.images.change(call.owner, call.param('id'), (image) => {
      call.requirePreconditions(ImageView, imageView(image, call.origin), { etags: [etagOfDigest(image.digest)] });
      return {
        ...(name === undefined ? {} : { name }),
        ...(labels === undefined ? {} : { labels: patchLabels(image.labels, labels) }),
        ...(expires === undefined ? {} : { expiresAt: expires }),
      };
    });
    if (changed === null) throw new Problem('not-found');
    if (changed === 'name-taken') throw nameTaken(await this.images.findByName(call.owner, name ?? ''), call.origin);
    return { status: 200, body: imageView(changed, call.origin) };
  }

  @Operation(contract.deleteImage)
  async delete(call: Call<typeof contract.deleteImage>): Promise<Answer<typeof contract.deleteImage>> {
    const deleted = await this.images.delete(call.owner, call.param('id'), (image) =>
      call.requirePreconditions(ImageView, imageView(image, call.origin), { etags: [etagOfDigest(image.digest)] }),
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

/** The holder may have gone since: the name is then free, and the next attempt succeeds. */
function nameTaken(holder: Image | null, origin: string): Problem {
  const link = holder === null ? {} : { Link: `<${imageUri(holder.id, origin)}>; rel="related"` };
  return new Problem('name-taken', {
    ...(holder === null ? {} : { detail: `${imageUri(holder.id, origin)} is called ${JSON.stringify(holder.name)}.` }),
    headers: link,
  });
}
