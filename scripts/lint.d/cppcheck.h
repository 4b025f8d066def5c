/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Macros that cppcheck, which sees neither the kernel's headers nor the test harness, cannot parse without help. Read by
 * scripts/lint before every source file; never compiled. An "unknownMacro" report means: add it here.
 */
void *lint_any(void);
int lint_maybe(void);

/* Loops over the kernel's containers: the first argument walks. */
#define LINT_WALK(pos, ...) for ((pos) = lint_any(); (pos); (pos) = lint_any())
#define LINT_WALK_SAFE(pos, next, ...) \
	for ((pos) = lint_any(), (next) = lint_any(); (pos); (pos) = (next), (next) = lint_any())

#define list_for_each LINT_WALK
#define list_for_each_safe LINT_WALK_SAFE
#define list_for_each_entry LINT_WALK
#define list_for_each_entry_rcu LINT_WALK
#define list_for_each_entry_reverse LINT_WALK
#define list_for_each_entry_continue LINT_WALK
#define list_for_each_entry_from LINT_WALK
#define list_for_each_entry_safe LINT_WALK_SAFE
#define list_for_each_entry_safe_reverse LINT_WALK_SAFE
#define hlist_for_each_entry LINT_WALK
#define hlist_for_each_entry_rcu LINT_WALK
#define hlist_for_each_entry_safe LINT_WALK_SAFE
#define hlist_nulls_for_each_entry(pos, node, ...) LINT_WALK(pos)
#define hlist_nulls_for_each_entry_rcu(pos, node, ...) LINT_WALK(pos)
#define llist_for_each_entry LINT_WALK
#define llist_for_each_entry_safe LINT_WALK_SAFE
#define rbtree_postorder_for_each_entry_safe LINT_WALK_SAFE
#define hash_for_each(table, bucket, pos, ...) LINT_WALK(pos)
#define hash_for_each_rcu(table, bucket, pos, ...) LINT_WALK(pos)
#define hash_for_each_safe(table, bucket, next, pos, ...) LINT_WALK(pos)
#define hash_for_each_possible(table, pos, ...) LINT_WALK(pos)
#define hash_for_each_possible_rcu(table, pos, ...) LINT_WALK(pos)
#define sk_for_each LINT_WALK
#define sk_for_each_rcu LINT_WALK
#define sk_for_each_bound LINT_WALK
#define sk_nulls_for_each(pos, node, ...) LINT_WALK(pos)
#define sk_nulls_for_each_rcu(pos, node, ...) LINT_WALK(pos)
#define inet_bind_bucket_for_each LINT_WALK
#define skb_queue_walk(queue, pos) LINT_WALK(pos)
#define skb_queue_walk_safe(queue, pos, next) LINT_WALK_SAFE(pos, next)
#define skb_queue_walk_from(queue, pos) LINT_WALK(pos)
#define skb_queue_reverse_walk(queue, pos) LINT_WALK(pos)
#define skb_rbtree_walk(pos, root) LINT_WALK(pos)
#define skb_rbtree_walk_from(pos) LINT_WALK(pos)
#define skb_rbtree_walk_from_safe LINT_WALK_SAFE
#define skb_walk_frags(skb, pos) LINT_WALK(pos)
#define skb_list_walk_safe(first, pos, next) LINT_WALK_SAFE(pos, next)
#define nla_for_each_attr(pos, ...) LINT_WALK(pos)
#define nla_for_each_nested(pos, ...) LINT_WALK(pos)
#define xa_for_each(xa, index, pos) LINT_WALK(pos)
#define for_each_net(pos) LINT_WALK(pos)
#define for_each_net_rcu(pos) LINT_WALK(pos)
#define for_each_netdev(net, pos) LINT_WALK(pos)
#define for_each_possible_cpu(cpu) for ((cpu) = 0; lint_maybe(); (cpu)++)
#define for_each_online_cpu(cpu) for ((cpu) = 0; lint_maybe(); (cpu)++)
#define for_each_cmsghdr(cmsg, msg) LINT_WALK(cmsg)
#define wait_event_interruptible_timeout(queue, condition, timeout) ((condition) ? 1L : (long)lint_maybe())

/* Annotations. */
#define __init
#define __exit
#define __user
#define __rcu
#define __percpu
#define __force
#define __bitwise
#define __read_mostly
#define __ro_after_init
#define __net_init
#define __net_exit
#define __net_initdata
#define __cold
#define __packed
#define __aligned(x)
#define ____cacheline_aligned_in_smp
#define __must_check
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)
#define __printf(a, b)
#define __maybe_unused
#define fallthrough do {} while (0)
#define THIS_MODULE 0
#define EXPORT_SYMBOL_GPL(x)
#define DEFINE_STATIC_KEY_FALSE(x) static struct static_key_false x
#define DEFINE_SPINLOCK(x) spinlock_t x
#define DEFINE_MUTEX(x) struct mutex x
#define DEFINE_PER_CPU(type, x) type x
#define LIST_HEAD(x) struct list_head x
#define MODULE_LICENSE(x)
#define MODULE_AUTHOR(x)
#define MODULE_DESCRIPTION(x)
#define MODULE_VERSION(x)
#define MODULE_ALIAS(x)
#define MODULE_ALIAS_NETPROTO(x)
#define MODULE_ALIAS_NET_PF_PROTO(x, y)
#define MODULE_ALIAS_NET_PF_PROTO_TYPE(x, y, z)
#define MODULE_ALIAS_TCP_ULP(x)
#define MODULE_ALIAS_GENL_FAMILY(x)
#define MODULE_PARM_DESC(x, y)
#define module_param(x, y, z)
#define module_param_named(x, y, z, w)
#define module_init(x)
#define module_exit(x)

/* kselftest_harness.h */
#define FIXTURE(f) struct lint_fixture_##f
#define FIXTURE_VARIANT(f) struct lint_variant_##f
#define FIXTURE_VARIANT_ADD(f, v) static struct lint_variant_##f lint_variant_##f##_##v =
#define FIXTURE_SETUP(f) void lint_setup_##f(struct lint_fixture_##f *self, const struct lint_variant_##f *variant)
#define FIXTURE_TEARDOWN(f) void lint_end_##f(struct lint_fixture_##f *self, const struct lint_variant_##f *variant)
#define TEST(t) void lint_test_##t(void)
/* lists of names in module/ctl/mib.h, used where strings are expected */
#define XTCP_MIB_LIST(X)
#define XTCP_DROP_LIST(X)
#define TEST_SIGNAL(t, s) void lint_test_##t(void)
#define TEST_F(f, t) void lint_test_##f##t(struct lint_fixture_##f *self, const struct lint_variant_##f *variant)
#define TEST_F_SIGNAL(f, t, s) TEST_F(f, t)
#define TEST_F_TIMEOUT(f, t, s) TEST_F(f, t)
#define TEST_HARNESS_MAIN
#define SKIP(statement, ...) do { statement; } while (0)
#define TH_LOG(...)
#define LINT_ASSERT(condition) if (!(condition)) for (; lint_maybe();)
#define ASSERT_TRUE(x) LINT_ASSERT(x)
#define ASSERT_FALSE(x) LINT_ASSERT(!(x))
#define ASSERT_EQ(a, b) LINT_ASSERT((a) == (b))
#define ASSERT_NE(a, b) LINT_ASSERT((a) != (b))
#define ASSERT_LT(a, b) LINT_ASSERT((a) < (b))
#define ASSERT_LE(a, b) LINT_ASSERT((a) <= (b))
#define ASSERT_GT(a, b) LINT_ASSERT((a) > (b))
#define ASSERT_GE(a, b) LINT_ASSERT((a) >= (b))
#define ASSERT_NULL(x) LINT_ASSERT(!(x))
#define ASSERT_STREQ(a, b) LINT_ASSERT(!strcmp(a, b))
#define ASSERT_STRNE(a, b) LINT_ASSERT(strcmp(a, b))
#define EXPECT_TRUE ASSERT_TRUE
#define EXPECT_FALSE ASSERT_FALSE
#define EXPECT_EQ ASSERT_EQ
#define EXPECT_NE ASSERT_NE
#define EXPECT_LT ASSERT_LT
#define EXPECT_LE ASSERT_LE
#define EXPECT_GT ASSERT_GT
#define EXPECT_GE ASSERT_GE
#define EXPECT_NULL ASSERT_NULL
#define EXPECT_STREQ ASSERT_STREQ
#define EXPECT_STRNE ASSERT_STRNE

/* include/xtcp/compat.h: operations whose prototypes differ between kernels */
#define XTCP_COMPAT_ACCEPT(name, fn) void *lint_##name = fn;
#define XTCP_COMPAT_RECVMSG XTCP_COMPAT_ACCEPT
#define XTCP_COMPAT_IOCTL XTCP_COMPAT_ACCEPT
#define XTCP_COMPAT_CONG_CONTROL XTCP_COMPAT_ACCEPT
#define XTCP_COMPAT_TX_START XTCP_COMPAT_ACCEPT
#define XTCP_COMPAT_TX_START_OP .cwnd_event
