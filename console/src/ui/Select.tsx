// A native select: it has typing ahead, the platform's own list, and costs nothing.
import { Icon } from "./Icon";
import styles from "./Select.module.css";

export interface Option<Value extends string> {
  value: Value;
  label: string;
}
export interface OptionGroup<Value extends string> {
  label: string;
  options: readonly Option<Value>[];
}

export interface SelectProps<Value extends string> {
  /** The name, shown before the value. */
  label: string;
  value: Value;
  options: readonly (Option<Value> | OptionGroup<Value>)[];
  onChange: (value: Value) => void;
  isLabelHidden?: boolean;
}

/** One of several values, in groups if there are many. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, value, options, onChange, isLabelHidden } = props;
  const all = options.flatMap((it) => ("options" in it ? it.options : [it]));
  const choose = (text: string) => {
    const option = all.find((it) => it.value === text);
    if (option) onChange(option.value);
  };
  return (
    <label className={styles.field}>
      <span className={isLabelHidden ? "visually-hidden" : styles.label}>{label}</span>
      <select
        className={styles.select}
        value={value}
        onChange={(event) => choose(event.target.value)}
      >
        {options.map((it) =>
          "options" in it ? (
            <optgroup key={it.label} label={it.label}>
              {it.options.map(item)}
            </optgroup>
          ) : (
            item(it)
          ),
        )}
      </select>
      <span className={styles.chevron}>
        <Icon name="down" size={12} />
      </span>
    </label>
  );
}

function item(option: Option<string>) {
  return (
    <option key={option.value} value={option.value}>
      {option.label}
    </option>
  );
}
