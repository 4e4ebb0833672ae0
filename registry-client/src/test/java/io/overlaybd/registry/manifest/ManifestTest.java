package io.overlaybd.registry.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ManifestTest {

    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final Digest DIGEST = Digest.parse("sha256:" + HEX);

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void nativeManifestIsWrittenInItsOrder() {
        Manifest manifest = Manifest.of(
                MediaTypes.OCI,
                Descriptor.of(MediaTypes.OCI.config(), DIGEST, 584),
                List.of(Descriptor.nativeLayer(MediaTypes.OCI, DIGEST, 642560, Optional.empty())));
        assertEquals(
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                        + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:"
                        + HEX + "\",\"size\":584},"
                        + "\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"sha256:"
                        + HEX + "\",\"size\":642560,\"annotations\":{"
                        + "\"containerd.io/snapshot/overlaybd/blob-digest\":\"sha256:" + HEX + "\","
                        + "\"containerd.io/snapshot/overlaybd/blob-size\":\"642560\","
                        + "\"containerd.io/snapshot/overlaybd/version\":\"0.1.0\"}}]}",
                text(manifest.toJson()));
        assertEquals(641, manifest.toJson().length, "the length of the original's stored sample");
    }

    @Test
    void manifestReadsAsItWasWritten() throws IOException {
        TreeMap<String, String> annotations = new TreeMap<>(Map.of("a", "<b> & \u2028", "empty", "", "z", "\u001b\n"));
        Descriptor layer =
                new Descriptor("", DIGEST, 0, List.of("https://u"), annotations, "eA==", Platform.linux("amd64"), "t");
        Manifest manifest = new Manifest(2, null, "artifact", layer, List.of(layer, layer), layer, annotations);
        byte[] json = manifest.toJson();
        assertEquals(manifest, Manifest.parse("m", json));
        assertTrue(
                text(json).contains("{\"a\":\"\\u003cb\\u003e \\u0026 \\u2028\",\"empty\":\"\",\"z\":\"\\u001b\\n\"}"),
                text(json));
    }

    @Test
    void configKeepsWhatIsKnownAndDropsTheRest() throws IOException {
        String source =
                "{\"docker_version\":\"1\",\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Labels\":{\"b\":\"\",\"a\":\"1\"},"
                        + "\"Env\":[\"A=<b>\"],\"Healthcheck\":{},\"ExposedPorts\":{\"80/tcp\":{}},\"Volumes\":{}},"
                        + "\"created\":\"2024-01-02T03:04:05.120000000Z\",\"rootfs\":{\"diff_ids\":[\"sha256:" + HEX
                        + "\"],\"type\":\"layers\"},\"history\":[{\"empty_layer\":true,\"created\":\"2024-01-02T03:04:05.000+02:00\"},{\"comment\":\"\"}]}";
        assertEquals(
                "{\"created\":\"2024-01-02T03:04:05.12Z\",\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{"
                        + "\"ExposedPorts\":{\"80/tcp\":{}},\"Env\":[\"A=\\u003cb\\u003e\"],\"Labels\":{\"a\":\"1\",\"b\":\"\"}},"
                        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" + HEX + "\"]},"
                        + "\"history\":[{\"created\":\"2024-01-02T03:04:05+02:00\",\"empty_layer\":true},{}]}",
                text(ImageConfig.parse("c", bytes(source)).toJson()));
    }

    @Test
    void smallConfigHoldsAnEmptyExecution() {
        assertEquals(
                "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}",
                text(ImageConfig.of(Platform.linux("amd64"), List.of()).toJson()));
    }

    @Test
    void indexIsSearchedByPlatform() throws IOException {
        String entry = "{\"mediaType\":\"m\",\"digest\":\"sha256:%s\",\"size\":%d%s}";
        String json = "{\"schemaVersion\":2,\"manifests\":["
                + String.format(entry, HEX, 1, "") + ","
                + String.format(entry, HEX, 2, ",\"platform\":{\"architecture\":\"unknown\",\"os\":\"unknown\"}") + ","
                + String.format(
                        entry, HEX, 3, ",\"platform\":{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v6\"}")
                + ","
                + String.format(
                        entry, HEX, 4, ",\"platform\":{\"architecture\":\"arm64\",\"os\":\"linux\",\"variant\":\"v8\"}")
                + "," + String.format(entry, HEX, 5, ",\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}")
                + "]}";
        ImageIndex index = ImageIndex.parse("i", bytes(json));
        assertEquals(4, index.select(Platform.linux("arm64")).orElseThrow().size());
        assertEquals(5, index.select(Platform.linux("amd64")).orElseThrow().size());
        assertTrue(index.select(Platform.linux("riscv64")).isEmpty());
        Platform armV7 = new Platform("arm", "linux", null, null, "v7");
        assertTrue(index.select(armV7).isEmpty());
    }

    @Test
    void documentsThatCannotBeAreRefused() {
        String descriptor = "{\"mediaType\":\"m\",\"digest\":\"sha256:" + HEX + "\",\"size\":1}";
        for (String json : List.of(
                "",
                "null",
                "[]",
                "{}",
                "{\"schemaVersion\":1,\"config\":" + descriptor + ",\"layers\":[]}",
                "{\"schemaVersion\":2,\"layers\":[]}",
                "{\"schemaVersion\":2,\"config\":" + descriptor + "}",
                "{\"schemaVersion\":2,\"config\":" + descriptor + ",\"layers\":[null]}",
                "{\"schemaVersion\":2,\"config\":" + descriptor.replace(":1", ":-1") + ",\"layers\":[]}",
                "{\"schemaVersion\":2,\"config\":" + descriptor.replace(HEX, "../x") + ",\"layers\":[]}",
                "{\"schemaVersion\":2,\"config\":" + descriptor + ",\"layers\":[]} x")) {
            assertThrows(IOException.class, () -> Manifest.parse("m", bytes(json)), json);
        }
    }

    @Test
    void documentCutAnywhereIsRefused() {
        byte[] json = Manifest.of(
                        MediaTypes.DOCKER,
                        Descriptor.of(MediaTypes.DOCKER.config(), DIGEST, 1),
                        List.of(Descriptor.nativeLayer(MediaTypes.DOCKER, DIGEST, 2, Optional.empty())))
                .toJson();
        for (int length = 0; length < json.length; length++) {
            byte[] cut = Arrays.copyOf(json, length);
            assertThrows(IOException.class, () -> Manifest.parse("m", cut));
        }
    }

    @Test
    void hugeDocumentsCostNoHeap() {
        byte[] deep = new byte[Json.MAX_BYTES];
        Arrays.fill(deep, (byte) '[');
        assertThrows(IOException.class, () -> Manifest.parse("m", deep));
        String many = "{\"layers\":[" + "{},".repeat((Json.MAX_BYTES - 20) / 3) + "{}]}";
        assertThrows(IOException.class, () -> Manifest.parse("m", bytes(many)));
        assertThrows(IOException.class, () -> Manifest.parse("m", new byte[Json.MAX_BYTES + 1]));
    }
}
