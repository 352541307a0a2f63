package dev.ratelimit.core.internal.locks;

/**
 * Check for room on the stack, which callers make before they take a lock.
 *
 * <p><b>Why.</b> Any call can throw a {@link StackOverflowError}, if the thread is deep in its stack: also the call of
 * {@code unlock}, a call between two writes that belong together, and even {@code ReentrantLock.lock}, which then
 * throws <i>and</i> holds the lock. Code under the lock cannot repair that. So each caller of a lock first asks here
 * for more stack than its calls under the lock use. If the stack is too short, the error is thrown here, before
 * anything has changed. The lock is a {@link Mutex} or a spin lock, and not a {@code ReentrantLock}.
 *
 * <p><b>How.</b> Each method here has a frame of 8 or 16 KB, because of unused local variables. An interpreted call
 * really has such a frame. Compiled code does not have it. But HotSpot may have to continue compiled code in the
 * interpreter at any time. So on entry it checks, by a few writes below the end of the stack, that the interpreter's
 * frame would fit. The branch that is never taken keeps the variables in that frame. It is also long enough that no
 * compiler inlines these methods, whose callers, perhaps under a lock, would then need as much stack on entry. A
 * compiled call costs a nanosecond. All this holds for virtual threads, too, which run on their carriers' stacks.
 *
 * <p><b>Guarantee.</b> It holds on HotSpot, in the interpreter and with both compilers. On other virtual machines it
 * holds for interpreted calls; nothing is known of compiled code.
 *
 * <p>Code under such a lock calls no third-party code and loads no class, because either could need any depth of stack.
 */
@SuppressWarnings({"unused", "UnusedVariable"}) // the variables only take room on the stack
public final class Headroom {

    /**
     * Always false, which the compilers must not know. There is one for each method, because otherwise they would check
     * once for both.
     */
    private static boolean never;

    private static boolean neverEither;

    private Headroom() {}

    /**
     * Checks that there is room for one section under a lock.
     *
     * @throws StackOverflowError if there is not enough room
     */
    public static void forOne() {
        long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13;
        long a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27;
        long a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41;
        long a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55;
        long a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69;
        long a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83;
        long a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97;
        long a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111;
        long a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125;
        long a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139;
        long a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153;
        long a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167;
        long a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180, a181;
        long a182, a183, a184, a185, a186, a187, a188, a189, a190, a191, a192, a193, a194, a195;
        long a196, a197, a198, a199, a200, a201, a202, a203, a204, a205, a206, a207, a208, a209;
        long a210, a211, a212, a213, a214, a215, a216, a217, a218, a219, a220, a221, a222, a223;
        long a224, a225, a226, a227, a228, a229, a230, a231, a232, a233, a234, a235, a236, a237;
        long a238, a239, a240, a241, a242, a243, a244, a245, a246, a247, a248, a249, a250, a251;
        long a252, a253, a254, a255, a256, a257, a258, a259, a260, a261, a262, a263, a264, a265;
        long a266, a267, a268, a269, a270, a271, a272, a273, a274, a275, a276, a277, a278, a279;
        long a280, a281, a282, a283, a284, a285, a286, a287, a288, a289, a290, a291, a292, a293;
        long a294, a295, a296, a297, a298, a299, a300, a301, a302, a303, a304, a305, a306, a307;
        long a308, a309, a310, a311, a312, a313, a314, a315, a316, a317, a318, a319, a320, a321;
        long a322, a323, a324, a325, a326, a327, a328, a329, a330, a331, a332, a333, a334, a335;
        long a336, a337, a338, a339, a340, a341, a342, a343, a344, a345, a346, a347, a348, a349;
        long a350, a351, a352, a353, a354, a355, a356, a357, a358, a359, a360, a361, a362, a363;
        long a364, a365, a366, a367, a368, a369, a370, a371, a372, a373, a374, a375, a376, a377;
        long a378, a379, a380, a381, a382, a383, a384, a385, a386, a387, a388, a389, a390, a391;
        long a392, a393, a394, a395, a396, a397, a398, a399, a400, a401, a402, a403, a404, a405;
        long a406, a407, a408, a409, a410, a411, a412, a413, a414, a415, a416, a417, a418, a419;
        long a420, a421, a422, a423, a424, a425, a426, a427, a428, a429, a430, a431, a432, a433;
        long a434, a435, a436, a437, a438, a439, a440, a441, a442, a443, a444, a445, a446, a447;
        long a448, a449, a450, a451, a452, a453, a454, a455, a456, a457, a458, a459, a460, a461;
        long a462, a463, a464, a465, a466, a467, a468, a469, a470, a471, a472, a473, a474, a475;
        long a476, a477, a478, a479, a480, a481, a482, a483, a484, a485, a486, a487, a488, a489;
        long a490, a491, a492, a493, a494, a495, a496, a497, a498, a499, a500, a501, a502, a503;
        long a504, a505, a506, a507, a508, a509, a510, a511;
        if (never) {
            a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = a8 = a9 = a10 = a11 = a12 = a13 = a14 = a15 = 0;
            a16 = a17 = a18 = a19 = a20 = a21 = a22 = a23 = a24 = a25 = a26 = a27 = a28 = a29 = a30 = a31 = 0;
            a32 = a33 = a34 = a35 = a36 = a37 = a38 = a39 = a40 = a41 = a42 = a43 = a44 = a45 = a46 = a47 = 0;
            a48 = a49 = a50 = a51 = a52 = a53 = a54 = a55 = a56 = a57 = a58 = a59 = a60 = a61 = a62 = a63 = 0;
            a64 = a65 = a66 = a67 = a68 = a69 = a70 = a71 = a72 = a73 = a74 = a75 = a76 = a77 = a78 = a79 = 0;
            a80 = a81 = a82 = a83 = a84 = a85 = a86 = a87 = a88 = a89 = a90 = a91 = a92 = a93 = a94 = a95 = 0;
            a96 = a97 =
                    a98 = a99 = a100 = a101 = a102 = a103 = a104 = a105 = a106 = a107 = a108 = a109 = a110 = a111 = 0;
            a112 = a113 =
                    a114 = a115 = a116 = a117 = a118 = a119 = a120 = a121 = a122 = a123 = a124 = a125 = a126 = a127 = 0;
            fail();
        }
    }

    /**
     * Checks that there is room for two sections, one of them from deeper in the stack: for permits that are taken and
     * may have to be given back. A caller that passes this check at some depth passes {@link #forOne} at the same depth
     * later.
     *
     * @throws StackOverflowError if there is not enough room
     */
    public static void forTwo() {
        long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13;
        long b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26, b27;
        long b28, b29, b30, b31, b32, b33, b34, b35, b36, b37, b38, b39, b40, b41;
        long b42, b43, b44, b45, b46, b47, b48, b49, b50, b51, b52, b53, b54, b55;
        long b56, b57, b58, b59, b60, b61, b62, b63, b64, b65, b66, b67, b68, b69;
        long b70, b71, b72, b73, b74, b75, b76, b77, b78, b79, b80, b81, b82, b83;
        long b84, b85, b86, b87, b88, b89, b90, b91, b92, b93, b94, b95, b96, b97;
        long b98, b99, b100, b101, b102, b103, b104, b105, b106, b107, b108, b109, b110, b111;
        long b112, b113, b114, b115, b116, b117, b118, b119, b120, b121, b122, b123, b124, b125;
        long b126, b127, b128, b129, b130, b131, b132, b133, b134, b135, b136, b137, b138, b139;
        long b140, b141, b142, b143, b144, b145, b146, b147, b148, b149, b150, b151, b152, b153;
        long b154, b155, b156, b157, b158, b159, b160, b161, b162, b163, b164, b165, b166, b167;
        long b168, b169, b170, b171, b172, b173, b174, b175, b176, b177, b178, b179, b180, b181;
        long b182, b183, b184, b185, b186, b187, b188, b189, b190, b191, b192, b193, b194, b195;
        long b196, b197, b198, b199, b200, b201, b202, b203, b204, b205, b206, b207, b208, b209;
        long b210, b211, b212, b213, b214, b215, b216, b217, b218, b219, b220, b221, b222, b223;
        long b224, b225, b226, b227, b228, b229, b230, b231, b232, b233, b234, b235, b236, b237;
        long b238, b239, b240, b241, b242, b243, b244, b245, b246, b247, b248, b249, b250, b251;
        long b252, b253, b254, b255, b256, b257, b258, b259, b260, b261, b262, b263, b264, b265;
        long b266, b267, b268, b269, b270, b271, b272, b273, b274, b275, b276, b277, b278, b279;
        long b280, b281, b282, b283, b284, b285, b286, b287, b288, b289, b290, b291, b292, b293;
        long b294, b295, b296, b297, b298, b299, b300, b301, b302, b303, b304, b305, b306, b307;
        long b308, b309, b310, b311, b312, b313, b314, b315, b316, b317, b318, b319, b320, b321;
        long b322, b323, b324, b325, b326, b327, b328, b329, b330, b331, b332, b333, b334, b335;
        long b336, b337, b338, b339, b340, b341, b342, b343, b344, b345, b346, b347, b348, b349;
        long b350, b351, b352, b353, b354, b355, b356, b357, b358, b359, b360, b361, b362, b363;
        long b364, b365, b366, b367, b368, b369, b370, b371, b372, b373, b374, b375, b376, b377;
        long b378, b379, b380, b381, b382, b383, b384, b385, b386, b387, b388, b389, b390, b391;
        long b392, b393, b394, b395, b396, b397, b398, b399, b400, b401, b402, b403, b404, b405;
        long b406, b407, b408, b409, b410, b411, b412, b413, b414, b415, b416, b417, b418, b419;
        long b420, b421, b422, b423, b424, b425, b426, b427, b428, b429, b430, b431, b432, b433;
        long b434, b435, b436, b437, b438, b439, b440, b441, b442, b443, b444, b445, b446, b447;
        long b448, b449, b450, b451, b452, b453, b454, b455, b456, b457, b458, b459, b460, b461;
        long b462, b463, b464, b465, b466, b467, b468, b469, b470, b471, b472, b473, b474, b475;
        long b476, b477, b478, b479, b480, b481, b482, b483, b484, b485, b486, b487, b488, b489;
        long b490, b491, b492, b493, b494, b495, b496, b497, b498, b499, b500, b501, b502, b503;
        long b504, b505, b506, b507, b508, b509, b510, b511, b512, b513, b514, b515, b516, b517;
        long b518, b519, b520, b521, b522, b523, b524, b525, b526, b527, b528, b529, b530, b531;
        long b532, b533, b534, b535, b536, b537, b538, b539, b540, b541, b542, b543, b544, b545;
        long b546, b547, b548, b549, b550, b551, b552, b553, b554, b555, b556, b557, b558, b559;
        long b560, b561, b562, b563, b564, b565, b566, b567, b568, b569, b570, b571, b572, b573;
        long b574, b575, b576, b577, b578, b579, b580, b581, b582, b583, b584, b585, b586, b587;
        long b588, b589, b590, b591, b592, b593, b594, b595, b596, b597, b598, b599, b600, b601;
        long b602, b603, b604, b605, b606, b607, b608, b609, b610, b611, b612, b613, b614, b615;
        long b616, b617, b618, b619, b620, b621, b622, b623, b624, b625, b626, b627, b628, b629;
        long b630, b631, b632, b633, b634, b635, b636, b637, b638, b639, b640, b641, b642, b643;
        long b644, b645, b646, b647, b648, b649, b650, b651, b652, b653, b654, b655, b656, b657;
        long b658, b659, b660, b661, b662, b663, b664, b665, b666, b667, b668, b669, b670, b671;
        long b672, b673, b674, b675, b676, b677, b678, b679, b680, b681, b682, b683, b684, b685;
        long b686, b687, b688, b689, b690, b691, b692, b693, b694, b695, b696, b697, b698, b699;
        long b700, b701, b702, b703, b704, b705, b706, b707, b708, b709, b710, b711, b712, b713;
        long b714, b715, b716, b717, b718, b719, b720, b721, b722, b723, b724, b725, b726, b727;
        long b728, b729, b730, b731, b732, b733, b734, b735, b736, b737, b738, b739, b740, b741;
        long b742, b743, b744, b745, b746, b747, b748, b749, b750, b751, b752, b753, b754, b755;
        long b756, b757, b758, b759, b760, b761, b762, b763, b764, b765, b766, b767, b768, b769;
        long b770, b771, b772, b773, b774, b775, b776, b777, b778, b779, b780, b781, b782, b783;
        long b784, b785, b786, b787, b788, b789, b790, b791, b792, b793, b794, b795, b796, b797;
        long b798, b799, b800, b801, b802, b803, b804, b805, b806, b807, b808, b809, b810, b811;
        long b812, b813, b814, b815, b816, b817, b818, b819, b820, b821, b822, b823, b824, b825;
        long b826, b827, b828, b829, b830, b831, b832, b833, b834, b835, b836, b837, b838, b839;
        long b840, b841, b842, b843, b844, b845, b846, b847, b848, b849, b850, b851, b852, b853;
        long b854, b855, b856, b857, b858, b859, b860, b861, b862, b863, b864, b865, b866, b867;
        long b868, b869, b870, b871, b872, b873, b874, b875, b876, b877, b878, b879, b880, b881;
        long b882, b883, b884, b885, b886, b887, b888, b889, b890, b891, b892, b893, b894, b895;
        long b896, b897, b898, b899, b900, b901, b902, b903, b904, b905, b906, b907, b908, b909;
        long b910, b911, b912, b913, b914, b915, b916, b917, b918, b919, b920, b921, b922, b923;
        long b924, b925, b926, b927, b928, b929, b930, b931, b932, b933, b934, b935, b936, b937;
        long b938, b939, b940, b941, b942, b943, b944, b945, b946, b947, b948, b949, b950, b951;
        long b952, b953, b954, b955, b956, b957, b958, b959, b960, b961, b962, b963, b964, b965;
        long b966, b967, b968, b969, b970, b971, b972, b973, b974, b975, b976, b977, b978, b979;
        long b980, b981, b982, b983, b984, b985, b986, b987, b988, b989, b990, b991, b992, b993;
        long b994, b995, b996, b997, b998, b999, b1000, b1001, b1002, b1003, b1004, b1005, b1006, b1007;
        long b1008, b1009, b1010, b1011, b1012, b1013, b1014, b1015, b1016, b1017, b1018, b1019, b1020, b1021;
        long b1022, b1023;
        if (neverEither) {
            b0 = b1 = b2 = b3 = b4 = b5 = b6 = b7 = b8 = b9 = b10 = b11 = b12 = b13 = b14 = b15 = 0;
            b16 = b17 = b18 = b19 = b20 = b21 = b22 = b23 = b24 = b25 = b26 = b27 = b28 = b29 = b30 = b31 = 0;
            b32 = b33 = b34 = b35 = b36 = b37 = b38 = b39 = b40 = b41 = b42 = b43 = b44 = b45 = b46 = b47 = 0;
            b48 = b49 = b50 = b51 = b52 = b53 = b54 = b55 = b56 = b57 = b58 = b59 = b60 = b61 = b62 = b63 = 0;
            b64 = b65 = b66 = b67 = b68 = b69 = b70 = b71 = b72 = b73 = b74 = b75 = b76 = b77 = b78 = b79 = 0;
            b80 = b81 = b82 = b83 = b84 = b85 = b86 = b87 = b88 = b89 = b90 = b91 = b92 = b93 = b94 = b95 = 0;
            b96 = b97 =
                    b98 = b99 = b100 = b101 = b102 = b103 = b104 = b105 = b106 = b107 = b108 = b109 = b110 = b111 = 0;
            b112 = b113 =
                    b114 = b115 = b116 = b117 = b118 = b119 = b120 = b121 = b122 = b123 = b124 = b125 = b126 = b127 = 0;
            fail();
        }
    }

    /**
     * Not a plain {@code throw}, because the compilers keep an interpreter's frame only for a call or an allocation.
     */
    private static void fail() {
        throw new IllegalStateException("this is never called");
    }
}
