/** How the names of files end that are taken for pictures. */
export const PICTURE_NAME = /\.(?:jpe?g|png|webp|gif|tiff?)$/i;
