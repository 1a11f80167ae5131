// Buttons: with words, or with an icon alone and then always with a name.
import type { ComponentProps, ReactNode, Ref } from "react";

import styles from "./Button.module.css";
import { classes } from "./classes";

type Native = Omit<ComponentProps<"button">, "type">;

export interface ButtonProps extends Native {
  look?: "plain" | "outline" | "primary" | "danger";
  icon?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with words. */
export function Button({ look = "outline", icon, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={classes(styles.button, styles[look], className)} {...rest}>
      {icon}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Native {
  label: string;
  isPressed?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button that is an icon; `label` is its name and its title. */
export function IconButton({ label, isPressed, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={isPressed}
      className={classes(styles.button, styles.icon, styles.plain, className)}
      {...rest}
    >
      {children}
    </button>
  );
}
