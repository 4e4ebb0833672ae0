package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.UserTag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerStackTest {

    private static LayerStack stack(long... sizesBottomFirst) throws IOException {
        List<SealedLayer> layers = new ArrayList<>();
        for (int i = 0; i < sizesBottomFirst.length; i++) {
            LayerUuid uuid = new LayerUuid(0, i + 1);
            LayerIdentity identity =
                    new LayerIdentity(sizesBottomFirst[i], uuid, new LayerUuid(0, i), UserTag.ofText("tag " + i));
            layers.add(TestLayers.layer("layer " + i, identity, writer -> writer.data(0, TestLayers.sectors(1, 1))));
        }
        return LayerStack.of(layers);
    }

    @Test
    void sizeIsThatOfTheTopmostLayerThatHasOne() throws IOException {
        assertEquals(4096, stack(512, 4096, 0).virtualSizeBytes());
        assertEquals(512, stack(4096, 512).virtualSizeBytes());
        assertEquals(0, stack(0, 0).virtualSizeBytes());
    }

    @Test
    void layersAreCountedFromTheBottomAndTagsFromTheTop() throws IOException {
        try (LayerStack stack = stack(512, 1024, 2048)) {
            assertEquals(3, stack.size());
            assertEquals(new LayerUuid(0, 1), stack.trailer(0).uuid());
            assertEquals("tag 2", stack.trailer(2).userTag().toString());
            assertEquals("layer 2", stack.source(2).name());
            assertEquals(1, stack.index().size());
            assertEquals(0, stack.index().tag(0));
        }
    }

    @Test
    void stackOfNothingIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> LayerStack.of(List.of()));
    }
}
