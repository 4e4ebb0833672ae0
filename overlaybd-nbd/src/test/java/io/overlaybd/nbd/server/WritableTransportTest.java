package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.WritableBlockDeviceContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class WritableTransportTest extends WritableBlockDeviceContract {

    @TempDir
    Path folder;

    @Override
    protected BlockDevice open(MemoryDevice model) throws IOException {
        MemoryDevice copy = new MemoryDevice("memory", (int) model.sizeBytes());
        model.extents(0, model.sizeBytes(), (offset, length, kind) -> {
            switch (kind) {
                case DATA -> copy.write(offset, model.copy(offset, (int) length));
                case ZERO -> copy.zero(offset, (int) length);
                case HOLE -> {}
            }
            return true;
        });
        Served server = Served.unix(folder, new MemoryDisk(copy));
        return new RemoteDevice(server, NbdClient.structured(server.address));
    }
}
