package io.overlaybd.zfile.codec;

class ZstdCodecTest extends BlockCodecContract {

    ZstdCodecTest() {
        super(CodecId.ZSTD);
    }
}
