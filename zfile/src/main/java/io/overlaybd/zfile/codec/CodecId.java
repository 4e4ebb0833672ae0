package io.overlaybd.zfile.codec;

import java.util.Optional;

/** The codecs by their number on disk. Number 0, minilzo, is reserved by the original, which has no codec for it. */
public enum CodecId {
    /** One raw LZ4 block: no frame, no stored size. */
    LZ4(1) {
        @Override
        public BlockCodec newCodec() {
            return new Lz4Codec();
        }
    },

    /** One whole zstd frame, its content size stated. */
    ZSTD(2) {
        @Override
        public BlockCodec newCodec() {
            return new ZstdCodec();
        }
    };

    private final int number;

    CodecId(int number) {
        this.number = number;
    }

    /** The number that a file names this codec by. */
    public int number() {
        return number;
    }

    /** A codec for one thread, which the caller closes. */
    public abstract BlockCodec newCodec();

    /** The codec with this number, if we have one. */
    public static Optional<CodecId> ofNumber(int number) {
        for (CodecId id : values()) {
            if (id.number == number) {
                return Optional.of(id);
            }
        }
        return Optional.empty();
    }
}
