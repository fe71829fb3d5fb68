/** An image that is not sent yet. */
export interface PickedImage {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What models read. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp'];
const LARGEST = 10_000_000;

/** Reads the images among some files. `refused` says why others were left out. */
export async function readImages(
  files: Iterable<File>,
): Promise<{ images: readonly PickedImage[]; refused: string | undefined }> {
  const images: PickedImage[] = [];
  let refused: string | undefined;
  for (const file of files) {
    if (!IMAGE_TYPES.includes(file.type))
      refused = `${file.name} is not a PNG, JPEG or WebP image.`;
    else if (file.size > LARGEST) refused = `${file.name} has more than 10 MB.`;
    else images.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  }
  return { images, refused };
}
