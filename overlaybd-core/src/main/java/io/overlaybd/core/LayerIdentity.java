package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.UserTag;

/** What a new layer says about itself, at its start and at its end. */
public record LayerIdentity(long virtualSizeBytes, LayerUuid uuid, LayerUuid parentUuid, UserTag userTag) {

    /** Refuses a negative size. */
    public LayerIdentity {
        if (virtualSizeBytes < 0) {
            throw new IllegalArgumentException("virtual size: " + virtualSizeBytes);
        }
    }

    /** A layer of this size without name, parent and tag. */
    public static LayerIdentity ofSize(long virtualSizeBytes) {
        return new LayerIdentity(virtualSizeBytes, LayerUuid.NULL, LayerUuid.NULL, UserTag.NONE);
    }

    LayerHeader header() {
        int flags = LayerHeader.HEADER | LayerHeader.DATA_FILE | LayerHeader.SEALED;
        return new LayerHeader(flags, 0, 0, virtualSizeBytes, uuid, parentUuid, userTag);
    }

    LayerHeader trailer(long indexOffsetBytes, long indexEntries) {
        return trailer(LayerHeader.DATA_FILE | LayerHeader.SEALED, indexOffsetBytes, indexEntries);
    }

    LayerHeader trailer(int flags, long indexOffsetBytes, long indexEntries) {
        return new LayerHeader(flags, indexOffsetBytes, indexEntries, virtualSizeBytes, uuid, parentUuid, userTag);
    }
}
