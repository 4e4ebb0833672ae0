package io.overlaybd.io.sys;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeSpaceTest {

    @TempDir
    Path folder;

    @Test
    void whatCannotBeToldIsNotAFullDisk() throws IOException {
        assertTrue(FreeSpace.usableBytes(folder) > 0);
        String message = assertThrows(IOException.class, () -> FreeSpace.usableBytes(folder.resolve("missing")))
                .getMessage();
        assertTrue(message.contains("missing"), message);
    }
}
