import { colourSchema, isNeutral, isOpaque } from '../colour.js';
import { ProcessingFailure } from '../failure.js';
import { sideMax } from '../limits.js';
import { defineOperation, type Size } from '../operation.js';

interface ResizeParameters {
  width?: number;
  height?: number;
  fit?: 'cover' | 'contain' | 'fill' | 'inside' | 'outside';
  position?: string;
  background?: string;
  kernel?: 'nearest' | 'linear' | 'cubic' | 'mitchell' | 'lanczos2' | 'lanczos3';
  withoutEnlargement?: boolean;
}

/** Positions that look at the pixels. */
const strategies = ['entropy', 'attention'];

export const resize = defineOperation<ResizeParameters>({
  name: 'resize',
  summary: 'Scales the image to a width, a height or both. Given one of them the other follows.',
  parameters: {
    width: { type: 'integer', minimum: 1, maximum: sideMax, description: 'Pixels.', examples: [800] },
    height: { type: 'integer', minimum: 1, maximum: sideMax, description: 'Pixels.', examples: [600] },
    fit: {
      type: 'string',
      enum: ['inside', 'outside', 'cover', 'contain', 'fill'],
      description:
        'How both sides are met: `inside` and `outside` keep the proportions and stay within or reach over the box, `cover` cuts off, `contain` adds a background, `fill` distorts.',
      default: 'inside',
      examples: ['inside', 'cover'],
    },
    position: {
      type: 'string',
      enum: [
        'centre',
        'top',
        'right top',
        'right',
        'right bottom',
        'bottom',
        'left bottom',
        'left',
        'left top',
        ...strategies,
      ],
      description:
        'What `cover` keeps and where `contain` puts the image. `entropy` and `attention` look for the part that matters (`cover` only, images of one page).',
      default: 'centre',
      examples: ['top', 'attention'],
    },
    background: {
      ...colourSchema,
      description: 'What `contain` adds. A format without transparency shows white for `transparent`.',
      default: 'transparent',
    },
    kernel: {
      type: 'string',
      enum: ['nearest', 'linear', 'cubic', 'mitchell', 'lanczos2', 'lanczos3'],
      description:
        'How pixels are weighed. `nearest` keeps hard edges (pixel art), `lanczos3` is sharpest for photographs.',
      default: 'lanczos3',
      examples: ['nearest'],
    },
    withoutEnlargement: {
      type: 'boolean',
      description: 'Leave an image that is smaller already as it is.',
      default: false,
      examples: [true],
    },
  },
  oneOf: ['width', 'height'],
  check: ({ fit = 'inside', position = 'centre' }) =>
    strategies.includes(position) && fit !== 'cover'
      ? [
          {
            parameter: 'position',
            detail: `${position} chooses what is cut off, so it goes with fit cover, not ${fit}`,
          },
        ]
      : [],
  size(parameters, { size, pages }) {
    if (pages > 1 && strategies.includes(parameters.position ?? 'centre')) {
      throw new ProcessingFailure(
        'operation-failed',
        `resize: position ${parameters.position} would cut each of the ${pages} pages differently; name a place such as centre, or choose one with read.`,
      );
    }
    return scaled(size, parameters);
  },
  colours: ({ fit, position = 'centre', background = 'transparent' }) => {
    if (strategies.includes(position)) return 'toned'; // what matters in colour is not what matters in grey
    return fit === 'contain' && !isNeutral(background) ? 'rgb' : 'kept';
  },
  bares: ({ fit, background = 'transparent' }) => fit === 'contain' && !isOpaque(background),
  apply: (
    image,
    { width, height, fit = 'inside', position = 'centre', background = 'transparent', kernel, withoutEnlargement },
  ) => image.resize({ width, height, fit, position, background, kernel, withoutEnlargement }),
});

/** Never less than what sharp makes, up to its rounding; used to hold the limit before any work is done. */
function scaled(size: Size, { width, height, fit = 'inside', withoutEnlargement = false }: ResizeParameters): Size {
  const across = width === undefined ? undefined : width / size.width;
  const down = height === undefined ? undefined : height / size.height;
  if (across !== undefined && down !== undefined && fit !== 'inside' && fit !== 'outside') {
    return { width: width ?? size.width, height: height ?? size.height };
  }
  if (fit === 'fill') return { width: width ?? size.width, height: height ?? size.height };
  const choose = fit === 'outside' ? Math.max : Math.min;
  const factor = choose(...[across, down].filter((scale) => scale !== undefined));
  const scale = withoutEnlargement ? Math.min(1, factor) : factor;
  return { width: Math.max(1, Math.round(size.width * scale)), height: Math.max(1, Math.round(size.height * scale)) };
}
