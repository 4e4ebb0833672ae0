package io.overlaybd.zfile;

import io.overlaybd.io.BlobSink;
import io.overlaybd.zfile.codec.BlockCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * Writes plain bytes as a ZFile. The same bytes in give the same file out, in whatever pieces they come and on however
 * many threads they are compressed: every block but the last is full.
 *
 * <p>Memory: about half a MiB for each thread, and two bytes for each block until the end.
 *
 * <p>After a failed write the writer takes nothing more, cannot be finished and is only good to be closed.
 *
 * <p>Thread-confined to the caller; the threads that compress are the writer's own and end with {@link #close()}.
 */
public final class ZFileWriter implements BlobSink {

    private final BlobSink inner;
    private final ZFileAssembler assembler;
    private final BatchPipeline pipeline;
    private Batch batch;
    private long plainBytes;
    private boolean usable = true;

    private ZFileWriter(BlobSink inner, ZFileAssembler assembler, BatchPipeline pipeline) {
        this.inner = inner;
        this.assembler = assembler;
        this.pipeline = pipeline;
    }

    /**
     * Begins a ZFile at the position of {@code sink}. Takes the sink over if this returns; if it throws, the caller still
     * owns it.
     */
    public static ZFileWriter create(BlobSink sink, ZFileOptions options) throws IOException {
        return create(sink, options, options.codec()::newCodec);
    }

    static ZFileWriter create(BlobSink sink, ZFileOptions options, Supplier<BlockCodec> newCodec) throws IOException {
        CompressOptions format = options.compressOptions();
        int maxStoredBytes;
        try (BlockCodec codec = newCodec.get()) {
            maxStoredBytes = codec.maxCompressedBytes(format.blockSizeBytes()) + format.checksumBytes();
        }
        ZFileAssembler assembler = new ZFileAssembler(sink, format, options.rewriteHeader());
        Supplier<Batch> newBatch = () -> new Batch(format, maxStoredBytes);
        return new ZFileWriter(sink, assembler, new BatchPipeline(assembler, newBatch, newCodec, options.threads()));
    }

    @Override
    public String name() {
        return inner.name();
    }

    /** Plain bytes taken so far. */
    @Override
    public long positionBytes() {
        return plainBytes;
    }

    @Override
    public void write(ByteBuffer src) throws IOException {
        begin();
        while (src.hasRemaining()) {
            if (batch == null) {
                batch = pipeline.nextEmpty();
            }
            plainBytes += batch.fill(src);
            if (batch.isFull()) {
                submit();
            }
        }
        usable = true;
    }

    /** A step that throws leaves the writer unusable, whatever was thrown. */
    private void begin() throws IOException {
        if (!usable) {
            throw new IOException(name() + ": nothing can be written after a failure, a finish or a close");
        }
        usable = false;
    }

    private void submit() throws IOException {
        Batch full = batch;
        batch = null;
        pipeline.submit(full);
    }

    @Override
    public void finish() throws IOException {
        begin();
        if (batch != null) {
            submit();
        }
        pipeline.drain();
        assembler.finish(plainBytes);
    }

    @Override
    public void close() throws IOException {
        usable = false;
        try (inner) {
            pipeline.close();
        }
    }
}
