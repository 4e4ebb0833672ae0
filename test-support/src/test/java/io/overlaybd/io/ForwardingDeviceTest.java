package io.overlaybd.io;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;

class ForwardingDeviceTest {

    /** A default of the interface would hide what the device behind it can do. */
    @Test
    void handsEveryCallOn() {
        for (Method method : BlockDevice.class.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())) {
                assertHandedOn(method);
            }
        }
    }

    private static void assertHandedOn(Method method) {
        try {
            ForwardingDevice.class.getDeclaredMethod(method.getName(), method.getParameterTypes());
        } catch (NoSuchMethodException e) {
            throw new AssertionError("left to the default: " + method, e);
        }
    }
}
