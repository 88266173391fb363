/** The choice of accounts: one, some, or all of them. */
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { useWords } from '../../words/words.ts';

export function AccountMenu(props: {
  readonly accounts: readonly { readonly key: string; readonly displayName: string; readonly currency: string }[];
  readonly chosen: readonly string[];
  readonly text: string;
  readonly choose: (keys: readonly string[]) => void;
}) {
  const words = useWords();
  const { accounts, chosen, text, choose } = props;
  return (
    <MenuTrigger>
      <Button className="button button-choice" aria-label={`${words.refunds.accounts}: ${text}`}>
        {text}
      </Button>
      <Popover className="popover" placement="bottom start">
        <Menu
          className="menu"
          aria-label={words.refunds.accounts}
          selectionMode="multiple"
          selectedKeys={chosen}
          onSelectionChange={(keys) => choose(keys === 'all' ? [] : Array.from(keys, String))}
        >
          {accounts.map(({ key, displayName, currency }) => (
            <MenuItem key={key} id={key} textValue={displayName} className="menu-item">
              {({ isSelected }) => (
                <>
                  <span className="tick" aria-hidden="true">
                    {isSelected ? '✓' : ''}
                  </span>
                  {displayName} <span className="quiet">{currency}</span>
                </>
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
