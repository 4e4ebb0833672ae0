package io.overlaybd.zfile.codec;

class Lz4CodecTest extends BlockCodecContract {

    Lz4CodecTest() {
        super(CodecId.LZ4);
    }
}
