/** What is used of libheif's C interface (libheif/heif.h), compiled to WebAssembly. Pointers are numbers. */
declare module 'libheif-js/libheif-wasm/libheif-bundle.mjs' {
  /** The first argument of what may fail is where it writes a `heif_error`: code, subcode and message, 32 bits each. */
  export interface Libheif {
    /** Another array after the memory has grown. */
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _heif_context_alloc(): number;
    _heif_context_read_from_memory(error: number, context: number, at: number, bytes: number, options: number): void;
    _heif_context_get_primary_image_handle(error: number, context: number, handleAt: number): void;
    _heif_image_handle_get_width(handle: number): number;
    _heif_image_handle_get_height(handle: number): number;
    _heif_image_handle_has_alpha_channel(handle: number): number;
    _heif_image_handle_get_raw_color_profile_size(handle: number): number;
    _heif_image_handle_get_raw_color_profile(error: number, handle: number, at: number): void;
    _heif_decode_image(
      error: number,
      handle: number,
      imageAt: number,
      colourSpace: number,
      chroma: number,
      options: number,
    ): void;
    _heif_image_get_width(image: number, channel: number): number;
    _heif_image_get_height(image: number, channel: number): number;
    _heif_image_get_plane_readonly(image: number, channel: number, strideAt: number): number;
  }

  /** An instance with a memory of its own. */
  function libheif(): Libheif;
  export { libheif as default };
}
