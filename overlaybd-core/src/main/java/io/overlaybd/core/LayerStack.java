package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.index.LayerIndex;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.io.BlobSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Sealed layers on top of each other, as one index and the files that it points into. Two numberings meet here: an image
 * lists its layers from the bottom, and so do error messages, starting at 0; the tags of the index count from the top.
 *
 * <p>The layers' own indexes are not kept once they are merged.
 *
 * <p>Thread-safety: immutable; any thread may read.
 */
public final class LayerStack implements Closeable {

    /** No layers at all, for a writable layer that stands alone: one big hole of no size. */
    public static final LayerStack NONE = none();

    private record Layer(BlobSource source, LayerHeader trailer) {}

    private final List<Layer> topFirst;
    private final MergedIndex index;

    private LayerStack(List<Layer> topFirst, MergedIndex index) {
        this.topFirst = topFirst;
        this.index = index;
    }

    /**
     * Stacks layers. Takes them over if it returns; if it throws, the caller still owns them.
     *
     * @throws io.overlaybd.core.index.TooManySegmentsException if the merged index would be too long
     * @throws IllegalArgumentException if there is no layer or more than {@link MergedIndex#MAX_LAYERS}
     */
    public static LayerStack of(List<SealedLayer> bottomFirst) throws IOException {
        List<Layer> layers = new ArrayList<>(bottomFirst.size());
        List<LayerIndex> indexes = new ArrayList<>(bottomFirst.size());
        for (int i = bottomFirst.size() - 1; i >= 0; i--) {
            SealedLayer layer = bottomFirst.get(i);
            layers.add(new Layer(layer.source(), layer.trailer()));
            indexes.add(layer.index());
        }
        return new LayerStack(List.copyOf(layers), MergedIndex.merge(indexes));
    }

    private static LayerStack none() {
        try {
            return new LayerStack(List.of(), MergedIndex.merge(List.of(LayerIndex.of(List.of()))));
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** These layers with one more on top; {@code merged} is the index that says so. Both stacks share the layers here. */
    LayerStack withTop(SealedLayer top, MergedIndex merged) {
        List<Layer> layers = new ArrayList<>(topFirst);
        layers.add(0, new Layer(top.source(), top.trailer()));
        return new LayerStack(List.copyOf(layers), merged);
    }

    /** How many layers there are. */
    public int size() {
        return topFirst.size();
    }

    /** What the stack reads as. */
    public MergedIndex index() {
        return index;
    }

    /** Whether no layer has anything between two sectors, not even zeros. */
    boolean isHole(long fromSector, long toSector) {
        int i = index.firstEndingAfter(fromSector);
        return i == index.size() || index.offsetSectors(i) >= toSector;
    }

    /** The trailer of a layer, counted from the bottom. */
    public LayerHeader trailer(int layer) {
        return topFirst.get(size() - 1 - layer).trailer();
    }

    /** The file of a layer, counted from the bottom. */
    public BlobSource source(int layer) {
        return topFirst.get(size() - 1 - layer).source();
    }

    /** Size of the device: that of the topmost layer that has one, 0 if none has. */
    public long virtualSizeBytes() {
        return topFirst.stream()
                .mapToLong(layer -> layer.trailer().virtualSizeBytes())
                .filter(size -> size != 0)
                .findFirst()
                .orElse(0);
    }

    /** Fills {@code dst} from the file with this tag, at a byte of that file; a failure says which layer it was. */
    void read(int tag, long atBytes, ByteBuffer dst) throws IOException {
        BlobSource source = topFirst.get(tag).source();
        try {
            source.readFully(atBytes, dst);
        } catch (IOException e) {
            throw failure(tag, source, e);
        }
    }

    /** {@link #read}, or false if it would have to wait. */
    boolean tryRead(int tag, long atBytes, ByteBuffer dst) throws IOException {
        BlobSource source = topFirst.get(tag).source();
        try {
            return source.tryReadFully(atBytes, dst);
        } catch (IOException e) {
            throw failure(tag, source, e);
        }
    }

    /** Always a plain IOException: the end of a layer's file is not the end of the device. */
    private IOException failure(int tag, BlobSource source, IOException cause) {
        String own = source.name() + ": ";
        String message = String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
        String detail = message.startsWith(own) ? message.substring(own.length()) : message;
        return new IOException("layer " + (size() - 1 - tag) + " (" + source.name() + "): " + detail, cause);
    }

    /** Closes every layer, whichever fails; the first failure is thrown, the others hang on it. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Layer layer : topFirst) {
            try {
                layer.source().close();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
