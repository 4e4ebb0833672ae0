/**
 * The ZFile: a file compressed in blocks, so that any byte of the plain content can be read without the rest.
 *
 * <p><b>What lives here.</b> Reading: {@link io.overlaybd.zfile.ZFile} opens, {@link io.overlaybd.zfile.ZFileSource} is the
 * plain content, the jump table finds a block in the file, the block reader checks and decodes it. Writing: {@link
 * io.overlaybd.zfile.ZFileWriter} cuts into blocks and compresses on many threads, the assembler puts them into the
 * file in order. The format itself: {@link io.overlaybd.zfile.ZFileHeader} and {@link
 * io.overlaybd.zfile.CompressOptions}; its layout as a whole stands in {@code docs/formats/zfile.md}.
 *
 * <p><b>What it may import.</b> {@code overlaybd-io} and the {@code codec} package below.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.zfile.ZFile}.
 */
package io.overlaybd.zfile;
