package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.testing.BlockDeviceContract;
import io.overlaybd.testing.MemoryDevice;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class StructuredTransportTest extends BlockDeviceContract {

    @TempDir
    Path folder;

    @Override
    protected BlockDevice open(MemoryDevice model) throws IOException {
        Served server = Served.unix(folder, new SometimesBlocking(model));
        return new RemoteDevice(server, NbdClient.structured(server.address));
    }
}
