package io.overlaybd.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The walls inside and between modules. */
class ArchitectureTest {

    private static JavaClasses product;

    @BeforeAll
    static void readTheProduct() {
        product = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.overlaybd");
        assertTrue(product.size() > 200, () -> "only " + product.size() + " classes found");
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.overlaybd.(**)").should().beFreeOfCycles().check(product);
    }

    @Test
    void craftsDoNotKnowEachOther() {
        for (String craft : List.of("core", "zfile", "cache", "registry")) {
            classes()
                    .that()
                    .resideInAPackage("io.overlaybd." + craft + "..")
                    .should()
                    .onlyDependOnClassesThat(resideOutsideOfPackage("io.overlaybd..")
                            .or(resideInAnyPackage("io.overlaybd.io..", "io.overlaybd." + craft + "..")))
                    .check(product);
        }
    }

    @Test
    void frontendsSeeTheServiceAndTheContractsOnly() {
        noClasses()
                .that()
                .resideInAnyPackage("io.overlaybd.nbd..", "io.overlaybd.tcmu..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.overlaybd.core..",
                        "io.overlaybd.zfile..",
                        "io.overlaybd.cache..",
                        "io.overlaybd.registry..",
                        "io.overlaybd.config..")
                .check(product);
    }

    @Test
    void frontendsDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage("io.overlaybd.nbd..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.overlaybd.tcmu..")
                .check(product);
        noClasses()
                .that()
                .resideInAPackage("io.overlaybd.tcmu..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.overlaybd.nbd..")
                .check(product);
    }

    @Test
    void scsiKnowsNoRing() {
        noClasses()
                .that()
                .resideInAPackage("io.overlaybd.tcmu.scsi..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.overlaybd.tcmu.ring..", "io.overlaybd.io.sys..", "io.netty..")
                .allowEmptyShould(true)
                .check(product);
    }

    @Test
    void eachLibraryHasOneDoor() {
        onlyIn("io.overlaybd.io.sys..", "jnr..", "com.kenai..");
        onlyIn("io.overlaybd.zfile.codec..", "net.jpountz..", "com.github.luben..");
        onlyIn("io.overlaybd.registry..", "okhttp3..", "okio..");
        onlyIn(List.of("io.overlaybd.nbd..", "io.overlaybd.tcmu.."), "io.netty..");
    }

    private static void onlyIn(String room, String... library) {
        onlyIn(List.of(room), library);
    }

    private static void onlyIn(List<String> rooms, String... library) {
        noClasses()
                .that()
                .resideOutsideOfPackages(rooms.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library)
                .check(product);
    }

    @Test
    void namesSaySomething() {
        noClasses()
                .should()
                .haveNameMatching(".*(Utils?|Helper|Manager|Impl)(\\$.*)?")
                .check(product);
    }

    @Test
    void everyPackageIntroducesItself() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            List<Path> mute = files.filter(file -> file.toString().contains("/src/main/java/"))
                    .filter(file -> file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .distinct()
                    .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                    .toList();
            assertEquals(List.of(), mute);
        }
    }
}
