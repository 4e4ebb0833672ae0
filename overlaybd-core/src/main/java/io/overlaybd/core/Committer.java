package io.overlaybd.core;

import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.io.BlobSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Copies a stack of layers, or a single one, into one new layer: what is hidden stays behind, zeros stay zeros without data,
 * holes stay holes. Up to 255 layers an entry keeps the number of the layer that it came from as its tag, as the
 * original does it; in larger stacks all tags are 0. One object is one copy. Thread-confined.
 */
public final class Committer {

    /** A multiple of the writer's chunk, so that the copy's cuts are invisible in the index. */
    private static final int PIECE_SECTORS = 512;

    private static final int MAX_TAGGED_LAYERS = SegmentMapping.MAX_TAG;

    private final LayerStack stack;
    private final LayerWriter writer;
    private final boolean tagged;
    private final ByteBuffer piece = ByteBuffer.allocateDirect((int) Sectors.toBytes(PIECE_SECTORS));

    private Committer(LayerStack stack, LayerWriter writer) {
        this.stack = stack;
        this.writer = writer;
        this.tagged = stack.size() <= MAX_TAGGED_LAYERS;
    }

    /**
     * Writes the layer and finishes the sink. The caller closes both stack and sink, whatever happens.
     *
     * @throws io.overlaybd.core.index.TooManySegmentsException if the original could not open the layer
     */
    public static void commit(LayerStack stack, BlobSink sink, CommitOptions options) throws IOException {
        LayerWriter writer = LayerWriter.create(sink, identity(stack, options));
        new Committer(stack, writer).copy();
        writer.finish();
    }

    private static LayerIdentity identity(LayerStack stack, CommitOptions options) {
        return new LayerIdentity(
                stack.virtualSizeBytes(),
                options.uuid().orElse(LayerUuid.NULL),
                options.parentUuid().orElse(stack.trailer(0).parentUuid()),
                options.userTag());
    }

    private void copy() throws IOException {
        MergedIndex index = stack.index();
        for (int i = 0; i < index.size(); i++) {
            if (index.isZeroed(i)) {
                writer.zero(index.offsetSectors(i), index.lengthSectors(i), tagOf(i));
            } else {
                copyData(index, i);
            }
        }
    }

    private void copyData(MergedIndex index, int i) throws IOException {
        int length = index.lengthSectors(i);
        for (int done = 0; done < length; done += PIECE_SECTORS) {
            int sectors = Math.min(PIECE_SECTORS, length - done);
            piece.clear().limit((int) Sectors.toBytes(sectors));
            stack.read(index.tag(i), Sectors.toBytes(index.mappedSector(i) + done), piece);
            writer.data(index.offsetSectors(i) + done, piece.flip(), tagOf(i));
        }
    }

    private int tagOf(int i) {
        return tagged ? stack.index().tag(i) : 0;
    }
}
