// SPDX-License-Identifier: GPL-2.0
/*
 * A module that misbehaves on purpose when it is loaded, so that the tests of scripts/vm can see each kind of report
 * turned into exit status 125. Never part of xtcp.ko.
 */
#include <linux/delay.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *fault = "none";
module_param(fault, charp, 0);
MODULE_PARM_DESC(fault, "none, oops, bug, warn, use-after-free, leak, deadlock, sleep, rcu, shift, hold, refuse");

static DEFINE_SPINLOCK(xtcp_fault_a);
static DEFINE_SPINLOCK(xtcp_fault_b);
static void __rcu *xtcp_fault_pointer;

/* OPTIMIZER_HIDE_VAR below: the compiler must neither foresee a fault nor remove it. */

static void xtcp_fault_oops(void)
{
	int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	WRITE_ONCE(*nowhere, 1);
}

static void xtcp_fault_use_after_free(void)
{
	char *memory = kmalloc(64, GFP_KERNEL);

	kfree(memory);
	OPTIMIZER_HIDE_VAR(memory);
	pr_info("xtcp_fault: read %d\n", memory[8]);
}

static void xtcp_fault_leak(void)
{
	char *memory = kmalloc(96, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(memory);
}

static void xtcp_fault_shift(void)
{
	int bits = 40;

	OPTIMIZER_HIDE_VAR(bits);
	pr_info("xtcp_fault: shifted %d\n", 1 << bits);
}

/* Two locks in both orders: no deadlock today, a report from lockdep at once. */
static void xtcp_fault_deadlock(void)
{
	spin_lock(&xtcp_fault_a);
	spin_lock(&xtcp_fault_b);
	spin_unlock(&xtcp_fault_b);
	spin_unlock(&xtcp_fault_a);
	spin_lock(&xtcp_fault_b);
	spin_lock(&xtcp_fault_a);
	spin_unlock(&xtcp_fault_a);
	spin_unlock(&xtcp_fault_b);
}

static void xtcp_fault_sleep(void)
{
	spin_lock(&xtcp_fault_a);
	might_sleep();
	spin_unlock(&xtcp_fault_a);
}

static int __init xtcp_fault_init(void)
{
	if (!strcmp(fault, "oops"))
		xtcp_fault_oops();
	else if (!strcmp(fault, "bug"))
		BUG();
	else if (!strcmp(fault, "warn"))
		WARN_ON(1);
	else if (!strcmp(fault, "use-after-free"))
		xtcp_fault_use_after_free();
	else if (!strcmp(fault, "leak"))
		xtcp_fault_leak();
	else if (!strcmp(fault, "deadlock"))
		xtcp_fault_deadlock();
	else if (!strcmp(fault, "sleep"))
		xtcp_fault_sleep();
	else if (!strcmp(fault, "rcu"))
		rcu_dereference(xtcp_fault_pointer);
	else if (!strcmp(fault, "shift"))
		xtcp_fault_shift();
	else if (!strcmp(fault, "hold"))
		__module_get(THIS_MODULE);
	else if (!strcmp(fault, "refuse"))
		return -EPERM;
	return 0;
}

static void __exit xtcp_fault_exit(void)
{
}

module_init(xtcp_fault_init);
module_exit(xtcp_fault_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Misbehaves on purpose, to test the test beds");
