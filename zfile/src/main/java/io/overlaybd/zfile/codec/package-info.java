/**
 * The codecs that turn a block of plain bytes into a payload and back.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.zfile.codec.BlockCodec}, one implementation for each codec a ZFile may
 * name, and {@link io.overlaybd.zfile.codec.CodecId}, the numbers they have on disk.
 *
 * <p><b>What it may import.</b> lz4-java and zstd-jni, each in its own codec only. Nothing of ours.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.zfile.codec.BlockCodec}. A new codec is one class and one row in {@link
 * io.overlaybd.zfile.codec.CodecId}, and passes the codec contract in the tests.
 */
package io.overlaybd.zfile.codec;
